{%- from "marathon/map.jinja" import marathon with context %}

User of Marathon:
  user.present:
    - name: {{ marathon.user }}
    - system: true
    - createhome: false
    - home: /nonexistent
    - shell: /usr/sbin/nologin

{#- libmesos is the mesos formula's where a master or an agent runs on the same node. #}
Artifacts of Marathon:
  meridian_artifact.installed:
    - names:
{%- set roles = pillar.meridian.node.roles %}
{%- if 'mesos-master' not in roles and 'mesos-agent' not in roles and 'mesos' in pillar.artifacts %}
      - mesos
{%- endif %}
      - marathon
