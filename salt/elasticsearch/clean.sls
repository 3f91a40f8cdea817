# Stop and remove the node and the sink. Indices stay in the node's data folder.
{%- from "elasticsearch/map.jinja" import elastic with context %}

Units of Elasticsearch:
  service.dead:
    - names:
{%- if elastic.sink.enabled %}
      - meridian-elasticsearch-sink
{%- endif %}
      - meridian-elasticsearch
    - enable: false

Files of Elasticsearch:
  file.absent:
    - names:
      - /etc/systemd/system/meridian-elasticsearch-sink.service
      - /etc/systemd/system/meridian-elasticsearch.service
      - /etc/meridian/proxy/conf.d/elasticsearch.cfg
      - /etc/meridian/elasticsearch-sink
      - /etc/meridian/elasticsearch
    - require:
      - service: Units of Elasticsearch
