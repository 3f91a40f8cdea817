# On every host of brokers: Marathon may start it on any of them. It runs as the brokers' user, with their tools.
include:
  - kafka.install
  - kafka-scheduler.program
