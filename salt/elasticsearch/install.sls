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

{#- Index files are mapped into memory, each segment several times; a container has its host's value. #}
{%- if salt['sysctl.get']('vm.max_map_count') | int < elastic.map_count %}
vm.max_map_count:
  sysctl.present:
    - value: {{ elastic.map_count }}
{%- endif %}
