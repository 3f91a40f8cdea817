include:
  - kafka.install
  - kafka.config
  - kafka.service
