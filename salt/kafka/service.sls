# Started here, never restarted: a broker that has to be is restarted by `salt-run kafka.roll`, one at a time.
include:
  - kafka.config
{%- if pillar.get('volumes') %}
  - node.volumes
{%- endif %}

meridian-kafka:
  service.running:
    - enable: true
    - require:
      - sls: kafka.install
      - sls: kafka.config
{%- if pillar.get('volumes') %}
      - sls: node.volumes
{%- endif %}
