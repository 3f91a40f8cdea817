# Masters have a leader, and this node's agent is registered with it. Changes nothing.
{%- from "mesos/map.jinja" import mesos, is_master, is_agent with context %}

{%- if is_master %}

Masters of Mesos:
  mesos_master.ready:
    - name: https://{{ grains.id }}:{{ mesos.ports.master }}
    - seconds: {{ mesos.check_seconds }}
{%- endif %}
{%- if is_agent %}

Agent of Mesos:
  mesos_agent.ready:
    - name: https://{{ grains.id }}:{{ mesos.ports.agent }}
    - seconds: {{ mesos.check_seconds }}
{%- endif %}
