include:
  - node.install
  - node.config
  - node.service
  - node.hosts
  - node.firewall
  - node.volumes
