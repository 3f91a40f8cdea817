{%- from "objectstore/map.jinja" import objectstore with context %}

include:
  - objectstore.config

{{ objectstore.service }}:
  service.running:
    - enable: true
    - watch:
      - file: /etc/meridian/objectstore/environment
      - file: {{ objectstore.directory }}/iam/users.json
      - file: /etc/systemd/system/{{ objectstore.service }}.service
      - meridian_artifact: Artifact versitygw
{%- if pillar.get('pki', {}).get('certificates', {}).objectstore is defined %}
      - file: /etc/meridian/pki/objectstore.*
{%- endif %}
