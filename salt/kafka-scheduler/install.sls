# On every agent, since Marathon may start it on any of them.
{%- for artifact in ['kafka-scheduler-libs', 'kafka-scheduler'] %}

Artifact {{ artifact }}:
  meridian_artifact.installed:
    - name: {{ artifact }}
{%- endfor %}
