# Prove the platform: salt-run state.orchestrate platform.verify pillar='{"full": true}'
{%- set environment = pillar.get('environment', 'local') %}

Verification:
  phase.runner:
    - function: platform.verify
    - phase: verify
    - environment: {{ environment }}
    - full: {{ pillar.get('full', false) }}
    - junit: {{ pillar.get('junit', '') | yaml_dquote }}
