region:
  title: Ohio
  latitude: 39.96
  longitude: -83.00
  zones: [us-east-2a, us-east-2b, us-east-2c]
  locations: {ec2: us-east-2, gce: us-east5}
  location_zones:
    gce: [us-east5-a, us-east5-b, us-east5-c]

# What only the centre runs: Connect with MirrorMaker 2, and the platform's object store.
nodes:
  connect: {count: 3, roles: [connect], size: medium}
  services: {roles: [archive, objectstore]}

# No source topics: MirrorMaker 2 makes <source>.<topic> here, and the archive keeps those.
topics: null

archive:
  topics: ['.*\.flights', '.*\.canary']
