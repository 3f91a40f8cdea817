{%- from "elasticsearch-scheduler/map.jinja" import scheduler with context %}
{%- set folder = '/etc/meridian/elasticsearch-scheduler' %}

include:
  - pki
  - elasticsearch-scheduler.install

# Passwords in files of their own: a task's arguments and environment are seen by everybody who may read Mesos' state.
{%- set ensemble = 'zk://' ~ scheduler.zookeeper_user ~ ':' ~ scheduler.zookeeper_password ~ '@' ~ scheduler.zookeeper %}
{%- for file, secret in [
  ('api.secret', scheduler.password),
  ('mesos.secret', scheduler.mesos_password),
  ('elastic.secret', scheduler.elastic_password),
  ('zookeeper', ensemble),
  ('master', ensemble ~ scheduler.mesos_path),
] %}

{{ folder }}/{{ file }}:
  file.managed:
    - contents: {{ secret | yaml_dquote }}
    - user: root
    - group: {{ scheduler.user }}
    - mode: '0640'
    - makedirs: true
    - show_changes: false
    - require:
      - user: User of Elasticsearch
{%- endfor %}

{{ folder }}/scheduler.properties:
  file.managed:
    - source: salt://elasticsearch-scheduler/files/scheduler.properties
    - template: jinja
    - user: root
    - group: {{ scheduler.user }}
    - mode: '0640'
    - makedirs: true
    - require:
      - user: User of Elasticsearch

# Where it runs on this host it ends; Marathon starts it again, and meanwhile another leads. Nodes go on.
Scheduler of Elasticsearch with its present settings:
  cmd.run:
    - name: pkill -TERM --full '^[^ ]*python3? .*bin/[k]afka-scheduler elasticsearch scheduler ' || test $? = 1
    - onchanges:
      - meridian_artifact: Artifact kafka-scheduler-libs
      - meridian_artifact: Artifact kafka-scheduler
      - file: {{ folder }}/*
