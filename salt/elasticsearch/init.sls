{%- from "elasticsearch/map.jinja" import elastic with context %}
include:
  - elasticsearch.install
  - elasticsearch.config
  - elasticsearch.service
{%- if elastic.sink.enabled %}
  - elasticsearch.sink
{%- endif %}
