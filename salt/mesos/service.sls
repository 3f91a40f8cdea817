{%- from "mesos/map.jinja" import mesos, is_master, is_agent, executors, etc with context %}

include:
  - mesos.config
{%- if pillar.get('volumes') %}
  - node.volumes
{%- endif %}

{%- set software = {'artifact': 'meridian_artifact', 'package': 'pkg', 'image': 'cmd'}[mesos.source] %}
{%- for role, there, files in [
      ('master', is_master, ['master', 'zookeeper', 'credentials.json', 'acls.json']),
      ('agent', is_agent, ['agent', 'zookeeper', 'credential.json', 'http-credentials.json', 'agent-acls.json',
                           'start-agent']),
    ] if there %}

# Tasks go on while it restarts. An agent that would refuse its old ones is left to mesos.roll, which drains it first.
meridian-mesos-{{ role }}:
{%- if role == 'agent' %}
  mesos_agent.running:
{%- else %}
  service.running:
    - enable: true
{%- endif %}
    - watch:
{%- for file in files %}
      - file: {{ etc }}/{{ file }}
{%- endfor %}
{%- if role == 'agent' %}
      - mesos_agent: {{ etc }}/isolation
      - mesos_agent: {{ executors }}
{%- endif %}
      - file: /etc/systemd/system/meridian-mesos-{{ role }}.service
      - {{ software }}: Software of Mesos
{%- if pillar.get('pki', {}).get('certificates', {}).mesos is defined %}
      - file: /etc/meridian/pki/mesos.pem
{%- endif %}
{%- if pillar.get('volumes') %}
    - require:
      - sls: node.volumes
{%- endif %}
{%- endfor %}
