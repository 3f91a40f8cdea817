# Stop and remove the worker and its supervisor. Connectors, their offsets and what they mirrored stay in Kafka.
{%- set units = ['meridian-connect-supervisor', 'meridian-connect'] %}

Units of Connect:
  service.dead:
    - names: {{ units | json }}
    - enable: false

{%- for path in [
      '/etc/systemd/system/meridian-connect-supervisor.service',
      '/etc/systemd/system/meridian-connect.service',
      '/etc/meridian/connect',
      '/opt/meridian/connect-predicates',
    ] %}

{{ path }}:
  file.absent:
    - require:
      - service: Units of Connect
{%- endfor %}
