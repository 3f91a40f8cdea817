# One platform over four clouds: EC2, Google, Azure and an OpenStack of your own. Regions reach one another over
# their public addresses, as regions of one cloud do; a region's nodes are all at one provider.
environment:
  extends: aws
  providers: {us-west: gce, eu-west: azure, eu-central: openstack}
  regions: [us-east, us-west, eu-west, eu-central, central]

# Azure has no security groups that libcloud can set: nftables on its nodes holds the same rules.
overrides:
  eu-central:
    # What the OpenStack calls its region and availability zones.
    region:
      locations: {openstack: RegionOne}
      location_zones: {openstack: [az1, az2, az3]}

verification:
  flights:
    origins: {EWR: us-east, JFK: us-west, LGA: eu-west}
