# The program, which is the same for each service that it runs.
{%- for artifact in ['kafka-scheduler-libs', 'kafka-scheduler'] %}

Artifact {{ artifact }}:
  meridian_artifact.installed:
    - name: {{ artifact }}
{%- endfor %}

# As the documentation writes it.
/usr/local/bin/kafka-scheduler:
  file.symlink:
    - target: /opt/meridian/kafka-scheduler/current/bin/kafka-scheduler
    - makedirs: true
    - require:
      - meridian_artifact: Artifact kafka-scheduler
