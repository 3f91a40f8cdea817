# Marathon of a region that has nodes with the role marathon.
marathon:
  port: 8443                    # https
  heap_mb: 1024                 # MiB, -Xmx

# Our framework, run by Marathon: brokers as Mesos tasks (kafka.runtime: mesos).
kafka_scheduler:
  port: 7000                    # https: REST, metrics, health
