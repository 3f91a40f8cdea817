# All nodes are in the cluster, and every primary shard is there. Changes nothing.
{%- from "elasticsearch/map.jinja" import elastic with context %}

Elasticsearch:
  elasticsearch.ready:
    - seconds: {{ elastic.check_seconds }}

{%- if elastic.sink.enabled %}

Sink of Elasticsearch:
  elasticsearch.sink_ready:
    - seconds: {{ elastic.check_seconds }}
{%- endif %}
