# Records of the region's topics into Elasticsearch. The sinks of all nodes share the partitions.
{%- from "elasticsearch/map.jinja" import elastic with context %}
{%- set folder = '/etc/meridian/elasticsearch-sink' %}

include:
  - elasticsearch.install

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

{%- for file in ['sink.json', 'auth.json'] %}

{{ folder }}/{{ file }}:
  file.managed:
    - source: salt://elasticsearch/files/sink/{{ file }}
    - template: jinja
    - user: root
    - group: elasticsearch-sink
    - mode: '0640'
    - makedirs: true
    - show_changes: {{ file == 'sink.json' }}
    - context:
        elastic: {{ elastic | json }}
    - require:
      - user: User of the sink
{%- endfor %}

/etc/systemd/system/meridian-elasticsearch-sink.service:
  file.managed:
    - source: salt://elasticsearch/files/sink/meridian-elasticsearch-sink.service
    - template: jinja
    - mode: '0644'
    - context:
        elastic: {{ elastic | json }}

meridian-elasticsearch-sink:
  service.running:
    - enable: true
    - watch:
      - file: {{ folder }}/*
      - file: /etc/systemd/system/meridian-elasticsearch-sink.service
      - meridian_artifact: Artifact elasticsearch-sink-libs
      - meridian_artifact: Artifact elasticsearch-sink
