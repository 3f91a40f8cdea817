# Two regions and the centre on OpenStack, each a region of one Keystone (cloud.providers.d/openstack.conf).
environment:
  provider: openstack
  regions: [us-east, eu-west, central]
  central: central

# Security groups let these in, beside the platform's own nodes: the addresses that you deploy and verify from.
firewall:
  operator: []

# Brokers are tasks of Mesos: of clusterd's packages, and a Marathon that MERIDIAN_MARATHON_ARTIFACT names
# (docs/mesos.md). Without Mesos: no masters, `kafka: {runtime: systemd}`, nodes.kafka with the role kafka alone.
mesos:
  source: package
kafka:
  runtime: mesos
nodes:
  masters: {count: 3, roles: [zookeeper, mesos-master, marathon, kafka-controller], size: medium}
  kafka: {roles: [mesos-agent, kafka]}

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
