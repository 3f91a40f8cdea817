include:
  - mesos.install
  - mesos.config
  - mesos.service
