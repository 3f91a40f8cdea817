# Two regions and the centre on OpenStack, each a region of one Keystone (cloud.providers.d/openstack.conf).
environment:
  provider: openstack
  regions: [us-east, eu-west, central]
  central: central

# Security groups let these in, beside the platform's own nodes: the addresses that you deploy and verify from.
firewall:
  operator: []

# Runtime `mesos` comes with the schedulers; until then brokers are systemd units here too (kafka.runtime).

# Names of your cloud: its regions, availability zones and, where it has several, its volume type for fast disks.
region:
  location_zones: {openstack: [az1, az2, az3]}
overrides:
  us-east: {region: {locations: {openstack: RegionOne}}}
  eu-west: {region: {locations: {openstack: RegionTwo}}}
  central: {region: {locations: {openstack: RegionThree}}}

verification:
  flights:
    origins: {EWR: us-east, JFK: us-east, LGA: eu-west}
