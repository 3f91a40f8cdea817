# Marathon answers and has a leader. Changes nothing.
{%- from "marathon/map.jinja" import marathon with context %}

Marathon:
  marathon.ready:
    - name: https://{{ pillar.meridian.node.id }}:{{ marathon.port }}
    - timeout: {{ marathon.check_seconds }}
