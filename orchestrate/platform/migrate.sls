# Move a region's brokers without losing a message: from systemd to Mesos, or to new nodes. By hand:
# salt-run state.orchestrate platform.migrate pillar='{"environment": "local", "region": "us-east"}'
# after its pillar says what is to be: the new brokers' nodes with ids of their own (kafka.ids.brokers), the old ones'
# with the role kafka-controller and their ids (kafka.ids.controllers). It is a deployment that, when the new brokers
# have joined, moves every partition to them, throttled, before the old ones end. Run again, it goes on.
{%- from "platform/steps.jinja" import steps with context %}
{{ steps('migrate') }}
