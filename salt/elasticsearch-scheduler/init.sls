include:
  - elasticsearch-scheduler.install
  - elasticsearch-scheduler.config
