# On every host of nodes: Marathon may start it on any of them. It runs as their user.
include:
  - elasticsearch.install
  - kafka-scheduler.program
