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
  config:
    # Counts before these topics are first made: 50 each would only cost start-up time here.
    offsets.topic.num.partitions: 10
    transaction.state.log.num.partitions: 10
    # All nodes share one machine: fewer threads that wake up for nothing, and no metadata record twice a second.
    num.network.threads: 2
    num.io.threads: 4
    metadata.max.idle.interval.ms: 5000

connect:
  heap_mb: 384
  jvm_flags: *jvm_flags

# Every deployment waits until its canaries are archived.
archive:
  segment: {max_age_seconds: 1}

# Containers have no disks of their own.
volumes: null

sizes:
  small: {cpus: 1, memory_mb: 1024}
  medium: {cpus: 2, memory_mb: 2048}
  large: {cpus: 4, memory_mb: 8192}

nodes:
  kafka: {size: small}

# The workers share the centre's broker nodes: three machines fewer.
overrides:
  central:
    nodes:
      kafka: {roles: [kafka, connect], size: medium}
      connect: null

verification:
  flights:
    origins: {EWR: us-east, JFK: us-east, LGA: eu-west}
