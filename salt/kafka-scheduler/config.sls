{%- from "kafka-scheduler/map.jinja" import scheduler with context %}

include:
  - pki
  - kafka-scheduler.install

# Passwords in files of their own: a task's arguments and environment are seen by everybody who may read Mesos' state.
{%- for file, secret in [
  ('api.secret', scheduler.password),
  ('mesos.secret', scheduler.mesos_password),
  ('zookeeper', 'zk://' ~ scheduler.zookeeper_user ~ ':' ~ scheduler.zookeeper_password ~ '@' ~ scheduler.zookeeper),
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
