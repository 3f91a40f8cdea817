{%- from "kafka-scheduler/map.jinja" import scheduler with context %}

include:
  - pki
  - kafka-scheduler.install

# Passwords in files of their own: a task's arguments and environment are seen by everybody who may read Mesos' state.
{%- set ensemble = 'zk://' ~ scheduler.zookeeper_user ~ ':' ~ scheduler.zookeeper_password ~ '@' ~ scheduler.zookeeper %}
{%- for file, secret in [
  ('api.secret', scheduler.password),
  ('reader.secret', scheduler.reader_password),
  ('mesos.secret', scheduler.mesos_password),
  ('zookeeper', ensemble),
  ('master', ensemble ~ scheduler.mesos_path),
] %}

/etc/meridian/kafka-scheduler/{{ file }}:
  file.managed:
    - contents: {{ secret | yaml_dquote }}
    - user: root
    - group: {{ scheduler.user }}
    - mode: '0640'
    - makedirs: true
    - show_changes: false
    - require:
      - user: Kafka's user
{%- endfor %}

/etc/meridian/kafka-scheduler/scheduler.properties:
  file.managed:
    - source: salt://kafka-scheduler/files/scheduler.properties
    - template: jinja
    - user: root
    - group: {{ scheduler.user }}
    - mode: '0640'
    - makedirs: true
    - require:
      - user: Kafka's user

# Where it runs on this host it ends; Marathon starts it again, and meanwhile another leads. Brokers go on.
Scheduler with its present settings:
  cmd.run:
    - name: pkill -TERM --full '^[^ ]*python3? .*bin/[k]afka-scheduler scheduler ' || test $? = 1
    - onchanges:
      - meridian_artifact: Artifact kafka-scheduler-libs
      - meridian_artifact: Artifact kafka-scheduler
      - file: /etc/meridian/kafka-scheduler/*
