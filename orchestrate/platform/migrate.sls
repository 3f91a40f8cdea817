# Move a region's brokers without losing a message: from systemd to Mesos, or to new nodes. By hand:
# salt-run state.orchestrate platform.migrate pillar='{"environment": "local", "region": "us-east"}'
# after its pillar says what is to be: the new brokers' nodes with ids of their own (kafka.ids.brokers), the old ones'
# with the role kafka-controller and their ids (kafka.ids.controllers). It is a deployment that, when the new brokers
# have joined, moves every partition to them, throttled, before the old ones end. Run again, it goes on.
{%- set environment = pillar.get('environment', 'local') %}
{%- set outline = salt['saltutil.runner']('platform.outline', environment=environment) %}

include:
  - platform.deploy

{%- if outline is mapping %}
Migration:
  phase.runner:
    - function: kafka.migrate
    - phase: migration
    - environment: {{ environment }}
    - region: {{ pillar.get('region', '') | yaml_dquote }}
    - require:
{%- for region in outline.regions %}
      - phase: States of {{ region.name }}
{%- endfor %}
{%- if outline.regions | selectattr('runtime', 'equalto', 'mesos') | list %}
      - phase: Tasks
{%- endif %}
    - require_in:
      - phase: Brokers

# The old ones have ended or are mere controllers by now: the cluster forgets them as brokers.
Retirement:
  phase.runner:
    - function: kafka.retire
    - phase: migration
    - environment: {{ environment }}
    - region: {{ pillar.get('region', '') | yaml_dquote }}
    - require:
      - phase: Brokers
    - require_in:
      - phase: Verification
{%- endif %}
