region:
  title: Ohio
  latitude: 39.96
  longitude: -83.00
  zones: [us-east-2a, us-east-2b, us-east-2c]

# What only the centre runs: Connect with MirrorMaker 2, and the platform's object store.
nodes:
  connect: {count: 3, roles: [connect], size: medium}
  services: {roles: [archive, objectstore]}

# No source topics: MirrorMaker 2 makes <source>.<topic> here, and the archive keeps those.
topics: null

archive:
  topics: ['.*\.flights', '.*\.canary']
