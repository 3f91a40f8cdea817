# Stop and remove Marathon. Its apps, and their tasks until failover_seconds are over, stay.
{%- from "marathon/map.jinja" import marathon with context %}

{{ marathon.service }}:
  service.dead:
    - enable: false

Files of Marathon:
  file.absent:
    - names:
      - /etc/systemd/system/{{ marathon.service }}.service
      - /etc/meridian/marathon
      - /opt/meridian/marathon
    - require:
      - service: {{ marathon.service }}
