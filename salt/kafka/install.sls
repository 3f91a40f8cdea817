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
      - kafka
{%- if 'kafka-cds' in pillar.get('artifacts', {}) %}
      - kafka-cds
{%- endif %}
