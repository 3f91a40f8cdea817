include:
  - marathon.install
  - marathon.config
  - marathon.service
