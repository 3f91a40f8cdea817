# Topics of each region.
#   partitions            only ever grows
#   replication_factor    replicas of a partition (3)
#   min_insync_replicas   replicas that must have a record before acks=all is answered (2)
#   config                further topic settings, by Kafka's own key
topics:
  # Flights carry the time of their departure in 2013: they are kept whatever their age, bounded by size.
  flights:
    partitions: 6
    config: {retention.ms: -1, retention.bytes: 268435456, segment.bytes: 67108864, segment.ms: 315360000000}
  canary: {partitions: 3}
  # Mirrors' heartbeats. MirrorMaker would make it too, but only after its tasks have started: they would start twice.
  heartbeats: {partitions: 1, config: {cleanup.policy: compact}}
