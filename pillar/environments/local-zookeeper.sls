# A region whose brokers are of Kafka 3.9 and keep their metadata in ZooKeeper, on one machine, with a centre of
# today's Kafka: what a cluster that cannot be changed in place looks like beside the others (docs/zookeeper.md).
environment:
  extends: local
  regions: [us-east, central]

zookeeper:
  heap_mb: 96

overrides:
  us-east:
    kafka: {mode: zookeeper, version: "3.9.2"}
    nodes:
      kafka: {roles: [zookeeper, kafka]}

verification:
  flights:
    origins: {EWR: us-east, JFK: us-east, LGA: us-east}
