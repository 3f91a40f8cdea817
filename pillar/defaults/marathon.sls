# Marathon of a region that has nodes with the role marathon.
marathon:
  port: 8443                    # https
  driver:
    port: 8444                  # where Mesos masters reach Marathon
  heap_mb: 1024                 # MiB, -Xmx

# Our framework, run by Marathon: brokers as Mesos tasks (kafka.runtime: mesos).
kafka_scheduler:
  port: 7000                    # https: REST, metrics, health
