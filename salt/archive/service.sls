{%- from "archive/map.jinja" import archive with context %}

include:
  - archive.config

{{ archive.service }}:
  service.running:
    - enable: true
    - watch:
      - archive: Configuration of the archiver
      - file: /etc/systemd/system/{{ archive.service }}.service
      - meridian_artifact: Artifact archiver-libs
      - meridian_artifact: Artifact archiver
{%- if pillar.get('pki', {}).get('certificates', {}).archive is defined %}
      - file: /etc/meridian/pki/archive.*
{%- endif %}
