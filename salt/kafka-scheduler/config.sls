{%- from "kafka-scheduler/map.jinja" import scheduler with context %}

# With the passwords: a task's arguments and environment are seen by everybody who may read Mesos' state.
/etc/meridian/kafka-scheduler/scheduler.properties:
  file.managed:
    - source: salt://kafka-scheduler/files/scheduler.properties
    - template: jinja
    - user: root
    - group: {{ scheduler.user }}
    - mode: '0640'
    - makedirs: true
    - show_changes: false
