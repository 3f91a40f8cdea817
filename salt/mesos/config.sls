{%- from "mesos/map.jinja" import mesos, node, is_master, is_agent, executors, pki, etc with context %}

include:
  - pki
  - mesos.install

{%- if not (mesos.passwords and mesos.zookeeper_password) %}

Passwords of Mesos:
  test.fail_without_changes:
    - comment: "no passwords for Mesos on {{ grains.id }} yet: run salt-run pki.ensure on the master"
{%- endif %}

{#- Secrets are in files that flags name: arguments and environments can be listed, these cannot be read. #}
{%- set files = [('zookeeper', '0640')] %}
{%- if is_master %}
{%- do files.extend([('master', '0640'), ('credentials.json', '0640'), ('acls.json', '0644')]) %}
{%- endif %}
{%- if is_agent %}
{%- do files.extend([('agent', '0640'), ('credential.json', '0640'), ('http-credentials.json', '0640'),
                     ('agent-acls.json', '0644'), ('start-agent', '0755')]) %}
{%- endif %}
{%- for file, mode in files %}

{{ etc }}/{{ file }}:
  file.managed:
    - source: salt://mesos/files/{{ file }}
    - template: jinja
    - user: root
    - group: {{ mesos.user }}
    - mode: '{{ mode }}'
    - makedirs: true
    - show_changes: false
    - require:
      - user: User of Mesos
{%- endfor %}

{%- if is_agent %}

# What this node's control groups allow, found out here: flags of the agent, and why they are these.
{{ etc }}/isolation:
  mesos_agent.isolated:
    - isolation: {{ mesos.agent.isolation | json }}
    - launcher: {{ mesos.agent.launcher }}
    - require:
      - file: {{ etc }}/agent

{{ executors }}:
  mesos_agent.executors:
    - names_and_addresses: {{ (['127.0.0.1', grains.id] + node.addresses.values() | list) | unique | list | json }}
    - authority: {{ pki }}/ca.pem
    - require:
      - file: {{ etc }}/agent
      - sls: pki.config
{%- endif %}

{%- for role, there in [('master', is_master), ('agent', is_agent)] if there %}

/etc/systemd/system/meridian-mesos-{{ role }}.service:
  file.managed:
    - source: salt://mesos/files/meridian-mesos-{{ role }}.service
    - template: jinja
    - mode: '0644'
{%- endfor %}
