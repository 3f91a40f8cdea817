{%- from "kafka/map.jinja" import kafka with context %}

Kafka's user:
  user.present:
    - name: kafka
    - system: true
    - createhome: false
    - home: /nonexistent
    - shell: /usr/sbin/nologin

Kafka's jars:
  meridian_artifact.installed:
    - names:
      - {{ kafka.artifact }}
{%- if kafka.mode == 'kraft' and 'kafka-cds' in pillar.get('artifacts', {}) %}
      - kafka-cds
{%- endif %}
