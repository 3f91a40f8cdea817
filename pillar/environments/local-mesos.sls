# Brokers as Mesos tasks, on one machine: the masters of us-east run ZooKeeper, Mesos, Marathon and the KRaft quorum,
# its agents host the brokers; the centre's are systemd units, so that both runtimes are met. Mesos and Marathon are
# named by MERIDIAN_MESOS_ARTIFACT and MERIDIAN_MARATHON_ARTIFACT (docs/mesos.md).
environment:
  extends: local
  regions: [us-east, central]

zookeeper:
  heap_mb: 96
mesos:
  master: {ping_seconds: 5}
marathon:
  heap_mb: 256
kafka_scheduler: {instances: 1, cpus: 0.5, volume_mb: 2048, failover_delay_seconds: 2, data_lost_seconds: 15}

overrides:
  us-east:
    kafka: {runtime: mesos}
    nodes:
      masters: {count: 3, roles: [zookeeper, mesos-master, marathon, kafka-controller], size: medium}
      kafka: {roles: [mesos-agent, kafka]}

verification:
  flights:
    origins: {EWR: us-east, JFK: us-east, LGA: us-east}
