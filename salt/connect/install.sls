Connect's user:
  user.present:
    - name: connect
    - system: true
    - createhome: false
    - home: /nonexistent
    - shell: /usr/sbin/nologin

User of Connect's supervisor:
  user.present:
    - name: connect-supervisor
    - system: true
    - createhome: false
    - home: /nonexistent
    - shell: /usr/sbin/nologin

{#- The kafka artifact and its class data are the kafka formula's where a broker runs on the same node. #}
Connect's jars:
  meridian_artifact.installed:
    - names:
{%- if 'kafka' not in pillar.meridian.node.roles %}
      - kafka
{%- if 'kafka-cds' in pillar.artifacts %}
      - kafka-cds
{%- endif %}
{%- endif %}
      - connect-predicates
