{%- from "elasticsearch/map.jinja" import elastic with context %}

User of Elasticsearch:
  user.present:
    - name: {{ elastic.user }}
    - system: true
    - createhome: false
    - home: /nonexistent
    - shell: /usr/sbin/nologin

Artifact elasticsearch:
  meridian_artifact.installed:
    - name: elasticsearch

# Index files are mapped into memory, each segment several times. A container has its host's value.
vm.max_map_count:
  sysctl.present:
    - value: {{ elastic.map_count }}
    - unless: test "$(cat /proc/sys/vm/max_map_count)" -ge {{ elastic.map_count }}
