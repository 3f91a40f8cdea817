include:
  - objectstore.install
  - objectstore.config
  - objectstore.service
