{%- from "mesos/map.jinja" import mesos, is_master, is_agent, etc with context %}

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

# Tasks go on while it restarts.
meridian-mesos-{{ role }}:
  service.running:
    - enable: true
    - watch:
{%- for file in files %}
      - file: {{ etc }}/{{ file }}
{%- endfor %}
{%- if role == 'agent' %}
      - mesos_agent: {{ etc }}/isolation
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
