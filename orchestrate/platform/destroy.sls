# Take an environment down, with all its data. It must be asked for by name:
# salt-run state.orchestrate platform.destroy pillar='{"environment": "local", "destroy": "local"}'
{%- set environment = pillar.get('environment', '') %}

{%- if not environment or pillar.get('destroy') != environment %}
Asked for by name:
  test.fail_without_changes:
    - name: nothing was touched; say which environment to destroy, twice (environment and destroy)
{%- else %}
Lock:
  phase.runner:
    - function: platform.lock
    - phase: lock
    - environment: {{ environment }}
    - what: destroy

Nodes:
  phase.runner:
    - function: cloud.destroy
    - phase: nodes
    - environment: {{ environment }}
    - "yes": true
    - require:
      - phase: Lock

Records:
  phase.runner:
    - function: platform.forget
    - phase: records
    - environment: {{ environment }}
    - require:
      - phase: Nodes
{%- endif %}
