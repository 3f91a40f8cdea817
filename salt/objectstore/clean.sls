# The service and its files go; the objects stay where they are.
{%- from "objectstore/map.jinja" import objectstore with context %}

{{ objectstore.service }}:
  service.dead:
    - enable: false

Files of the object store:
  file.absent:
    - names:
      - /etc/systemd/system/{{ objectstore.service }}.service
      - /etc/meridian/objectstore
    - require:
      - service: {{ objectstore.service }}
