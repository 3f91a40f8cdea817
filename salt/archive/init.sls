include:
  - archive.install
  - archive.config
  - archive.service
