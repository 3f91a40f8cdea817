# The service and its files go; what is archived stays in the object store.
{%- from "archive/map.jinja" import archive with context %}

{{ archive.service }}:
  service.dead:
    - enable: false

Files of the archiver:
  file.absent:
    - names:
      - /etc/systemd/system/{{ archive.service }}.service
      - /etc/meridian/archive
    - require:
      - service: {{ archive.service }}
