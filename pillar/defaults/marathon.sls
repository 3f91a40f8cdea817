# Marathon of a region that has nodes with the role marathon.
marathon:
  port: 8443                    # https
  driver:
    port: 8444                  # where Mesos masters reach Marathon
  heap_mb: 1024                 # MiB, -Xmx

# Our framework, run by Marathon: brokers as Mesos tasks (kafka.runtime: mesos).
kafka_scheduler:
  port: 7000                    # https: REST, metrics, health
  instances: 2                  # one leads, the others wait
  cpus: 2                       # of a broker's task
  volume_mb: 102400             # MiB, persistent volume of a broker, on the agent's disk
  failover_delay_seconds: 10    # before a failed broker is started again; doubles each time
  failover_max_delay_seconds: 600
  stickiness_seconds: 600       # how long a broker without a volume waits for its last host
  host_lost_seconds: 120        # how long it waits for a host that is lost
  # After how long volumes on a lost host are given up, so that the broker begins anew elsewhere; never before each of
  # its partitions has min.insync.replicas without it. null: only by broker give-up-volume.
  data_lost_seconds: 1800

# The same for nodes of Elasticsearch (elasticsearch.runtime: mesos): a framework of its own.
elasticsearch_scheduler:
  port: 7001                    # https: REST, metrics, health
  instances: 2                  # one leads, the others wait
  cpus: 2                       # of a node's task
  volume_mb: 102400             # MiB, persistent volume of a node, on the agent's disk
  failover_delay_seconds: 10    # before a failed node is started again; doubles each time
  failover_max_delay_seconds: 600
  stickiness_seconds: 600       # how long a node without a volume waits for its last host
  host_lost_seconds: 120        # how long it waits for a host that is lost
  data_lost_seconds: 1800       # volumes on a lost host are given up then, when the cluster is green without them
