# The sink of a node whose Elasticsearch is tasks, when these have been placed; its files are there (elasticsearch.sink).
{%- from "elasticsearch/map.jinja" import elastic with context %}

include:
  - elasticsearch.indices
{%- if elastic.sink.enabled %}

meridian-elasticsearch-sink:
  service.running:
    - enable: true
    - require:
      - elasticsearch: Template of the sink's indices
{%- endif %}
