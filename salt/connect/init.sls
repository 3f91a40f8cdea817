include:
  - connect.install
  - connect.config
  - connect.service
