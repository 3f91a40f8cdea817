# The whole platform on one machine: two regions and the centre, a container for each node.
environment:
  provider: local                       # cloud.providers.d/<provider>.conf; profiles are <provider>-<size>
  regions: [us-east, eu-west, central]  # pillar/regions/<region>.sls; the order decides their networks
  central: central                      # the region that the flows end in

kafka:
  heap_mb: 256
  serial_gc: true
  # C2 only for what is really hot: compiling all that starts up would take half of a small machine's deployment.
  jvm_flags: &jvm_flags
    - -XX:Tier4InvocationThreshold=50000
    - -XX:Tier4MinInvocationThreshold=6000
    - -XX:Tier4CompileThreshold=150000
    - -XX:Tier4BackEdgeThreshold=400000
  # Counts before these topics are first made: 50 each would only cost start-up time here.
  config: {offsets.topic.num.partitions: 10, transaction.state.log.num.partitions: 10}

connect:
  heap_mb: 384
  jvm_flags: *jvm_flags

# Every deployment waits until its canaries are archived.
archive:
  segment: {max_age_seconds: 2}

# Containers have no disks of their own.
volumes: null

# The workers share the centre's broker nodes: three machines fewer.
overrides:
  central:
    nodes:
      kafka: {roles: [kafka, connect], size: medium}
      connect: null

verification:
  flights:
    origins: {EWR: us-east, JFK: us-east, LGA: eu-west}
