# Started here, never restarted: a worker that has to be is restarted by `salt-run connect.roll`, one at a time.
include:
  - connect.config

meridian-connect:
  service.running:
    - enable: true
    - require:
      - sls: connect.install
      - sls: connect.config
