# From nothing to a verified platform. By hand: salt-run state.orchestrate platform.deploy
# Another environment: pillar='{"environment": "local-global"}'
# Only what a plan says, or nothing when the world moved since: pillar='{"plan": "/path/of/plan.json"}'
# Its steps, and what each waits for: modules/meridian/operations/phases.py, or salt-run platform.phases
{%- from "platform/steps.jinja" import steps with context %}
{{ steps('deploy') }}
