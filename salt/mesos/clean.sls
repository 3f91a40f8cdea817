# Stop and remove masters and agents. An agent's tasks end; what they and masters have stored stays in its folder.
{%- from "mesos/map.jinja" import mesos, is_master, is_agent, executors, etc with context %}

{%- if is_agent %}

# A service that just stops leaves its tasks to the one that comes after it, and none will.
Tasks of this agent:
  mesos_agent.ended:
    - name: meridian-mesos-agent
    - require_in:
      - service: meridian-mesos-agent
{%- endif %}

{%- for role, there in [('master', is_master), ('agent', is_agent)] if there %}

meridian-mesos-{{ role }}:
  service.dead:
    - enable: false

Unit of the Mesos {{ role }}:
  file.absent:
    - name: /etc/systemd/system/meridian-mesos-{{ role }}.service
    - require:
      - service: meridian-mesos-{{ role }}
{%- endfor %}

Files of Mesos:
  file.absent:
    - names:
      - {{ etc }}
{%- if is_agent %}
      - {{ executors }}
{%- endif %}
{%- if mesos.source == 'artifact' %}
      - /opt/meridian/mesos
{%- endif %}
    - require:
{%- for role, there in [('master', is_master), ('agent', is_agent)] if there %}
      - service: meridian-mesos-{{ role }}
{%- endfor %}
