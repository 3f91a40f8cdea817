# Started here, never restarted: a node that has to be is restarted by `salt-run elasticsearch.roll`, one at a time.
{%- from "elasticsearch/map.jinja" import elastic with context %}

include:
  - elasticsearch.config
{%- if pillar.proxy is defined and elastic.transport == 'proxy' %}
  - proxy
{%- endif %}

meridian-elasticsearch:
  service.running:
    - enable: true
    - require:
      - sls: elasticsearch.install
      - sls: elasticsearch.config
{%- if pillar.proxy is defined and elastic.transport == 'proxy' %}
      - service: meridian-proxy
{%- endif %}
