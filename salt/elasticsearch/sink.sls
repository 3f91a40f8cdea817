# Records of the region's topics into Elasticsearch, by a unit on each of its nodes, whatever these run under: it speaks
# with any of them. The sinks of all nodes share the partitions. It is started behind the index template: where nodes are
# units by the state here, where they are tasks by elasticsearch.sink_service, when they have been placed.
{%- from "elasticsearch/map.jinja" import elastic, public, has_passwords with context %}
{%- set folder = '/etc/meridian/elasticsearch-sink' %}

{%- set unit = elastic.runtime == 'systemd' %}

include:
  - elasticsearch.config
{%- if unit %}
  - elasticsearch.service
  - elasticsearch.indices
{%- endif %}

# In the group of Elasticsearch for its certificate, by which it speaks with Kafka.
User of the sink:
  user.present:
    - name: elasticsearch-sink
    - system: true
    - createhome: false
    - home: /nonexistent
    - shell: /usr/sbin/nologin
    - groups: [{{ elastic.user }}]
    - remove_groups: false
    - require:
      - user: User of Elasticsearch

{%- for artifact in ['elasticsearch-sink-libs', 'elasticsearch-sink'] %}

Artifact {{ artifact }}:
  meridian_artifact.installed:
    - name: {{ artifact }}
{%- endfor %}

{{ folder }}/sink.json:
  file.managed:
    - source: salt://elasticsearch/files/sink/sink.json
    - template: jinja
    - mode: '0644'
    - makedirs: true
    - context:
        elastic: {{ public | json }}
{%- if has_passwords %}

{{ folder }}/auth.json:
  file.managed:
    - source: salt://elasticsearch/files/sink/auth.json
    - template: jinja
    - user: root
    - group: elasticsearch-sink
    - mode: '0640'
    - makedirs: true
    - show_changes: false
    - require:
      - user: User of the sink
{%- endif %}


/etc/systemd/system/meridian-elasticsearch-sink.service:
  file.managed:
    - source: salt://elasticsearch/files/sink/meridian-elasticsearch-sink.service
    - template: jinja
    - mode: '0644'
    - context:
        elastic: {{ public | json }}
{%- if not unit %}

Sink with its present settings:
  cmd.run:
    - name: systemctl daemon-reload && systemctl try-restart meridian-elasticsearch-sink
    - onchanges:
      - file: {{ folder }}/*
      - file: /etc/systemd/system/meridian-elasticsearch-sink.service
      - meridian_artifact: Artifact elasticsearch-sink-libs
      - meridian_artifact: Artifact elasticsearch-sink
{%- else %}

# An index is made by its first document, as the template says that is there then.
extend:
  Template of the sink's indices:
    elasticsearch:
      - require:
        - service: meridian-elasticsearch

meridian-elasticsearch-sink:
  service.running:
    - enable: true
    - require:
      - elasticsearch: Template of the sink's indices
    - watch:
      - file: {{ folder }}/*
      - file: /etc/systemd/system/meridian-elasticsearch-sink.service
      - meridian_artifact: Artifact elasticsearch-sink-libs
      - meridian_artifact: Artifact elasticsearch-sink
{%- endif %}
