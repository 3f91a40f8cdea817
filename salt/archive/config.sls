{%- from "archive/map.jinja" import archive with context %}

include:
  - pki
  - archive.install

# Both files, configuration and credentials (root:archive 0640), from the node's own pillar.
Configuration of the archiver:
  archive.configured:
    - settings:
        memory_mb: {{ archive.memory_mb }}
    - require:
      - user: User of the archiver

/etc/systemd/system/{{ archive.service }}.service:
  file.managed:
    - source: salt://archive/files/archiver.service
    - template: jinja
    - mode: '0644'
