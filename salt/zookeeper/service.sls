# Started here, never restarted: a server that has to be is restarted by `salt-run zookeeper.roll`, one at a time.
include:
  - pki
  - zookeeper.config

meridian-zookeeper:
  service.running:
    - enable: true
    - require:
      - sls: pki
      - sls: zookeeper.install
      - sls: zookeeper.config
