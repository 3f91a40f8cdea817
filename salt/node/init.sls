include:
  - node.install
  - node.config
  - node.service
