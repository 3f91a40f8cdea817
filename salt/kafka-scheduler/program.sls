# The program, which is the same for each service that it runs.
{%- for artifact in ['kafka-scheduler-libs', 'kafka-scheduler'] %}

Artifact {{ artifact }}:
  meridian_artifact.installed:
    - name: {{ artifact }}
{%- endfor %}
