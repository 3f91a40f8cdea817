# Topics of each region.
#   partitions            only ever grows
#   replication_factor    replicas of a partition (3)
#   min_insync_replicas   replicas that must have a record before acks=all is answered (2)
#   config                further topic settings, by Kafka's own key
topics:
  flights: {partitions: 6}
  canary: {partitions: 3}
