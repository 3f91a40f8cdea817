# Started here, never restarted: a node that has to be is restarted by `salt-run elasticsearch.roll`, one at a time.
include:
  - elasticsearch.config

meridian-elasticsearch:
  service.running:
    - enable: true
    - require:
      - sls: elasticsearch.install
      - sls: elasticsearch.config
