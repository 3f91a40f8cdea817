# Stop and remove the worker. Connectors, their offsets and what they mirrored stay in Kafka.
meridian-connect:
  service.dead:
    - enable: false

{%- for path in [
      '/etc/systemd/system/meridian-connect.service',
      '/etc/meridian/connect',
      '/opt/meridian/connect-predicates',
    ] %}

{{ path }}:
  file.absent:
    - require:
      - service: meridian-connect
{%- endfor %}
