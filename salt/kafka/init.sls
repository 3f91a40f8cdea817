{%- from "kafka/map.jinja" import kafka with context %}
include:
  - kafka.install
  - kafka.config
{%- if kafka.node_id %}
  - kafka.service
{%- else %}
  - kafka.host
{%- endif %}
