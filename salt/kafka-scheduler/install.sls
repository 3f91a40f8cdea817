# On every host of brokers: Marathon may start it on any of them. It runs as the brokers' user, with their tools.
include:
  - kafka.install

{%- for artifact in ['kafka-scheduler-libs', 'kafka-scheduler'] %}

Artifact {{ artifact }}:
  meridian_artifact.installed:
    - name: {{ artifact }}
{%- endfor %}
