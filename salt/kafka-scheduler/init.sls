include:
  - kafka-scheduler.install
  - kafka-scheduler.config
