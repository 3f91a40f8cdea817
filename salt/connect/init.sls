include:
  - connect.install
  - connect.config
  - connect.service
  - connect.supervisor
