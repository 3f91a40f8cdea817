{%- from "marathon/map.jinja" import marathon with context %}

include:
  - marathon.config

# Tasks go on while it restarts.
{{ marathon.service }}:
  service.running:
    - enable: true
    - watch:
      - file: /etc/meridian/marathon/environment
      - file: /etc/meridian/marathon/mesos-secret
      - file: /etc/meridian/marathon/logback.xml
      - file: /etc/systemd/system/{{ marathon.service }}.service
      - connect_keystore: Stores of Marathon
      - meridian_artifact: Artifacts of Marathon
