{%- from "elasticsearch/map.jinja" import elastic with context %}
include:
  - elasticsearch.install
  - elasticsearch.config
{%- if elastic.runtime == 'systemd' %}
  - elasticsearch.service
{%- else %}
  - elasticsearch.host
{%- endif %}
{%- if elastic.sink.enabled %}
  - elasticsearch.sink
{%- endif %}
