# Remove a node of a living environment, with all that is stored on it, and have what the pillar says: the node anew, as
# its changed size wants it, or none when the pillar names it no more. By hand:
# salt-run state.orchestrate platform.replace pillar='{"environment": "local-mesos",
#   "node": "kafka-1.us-east.local-mesos", "confirm": "kafka-1.us-east.local-mesos"}'
# Its brokers stop and its agent is drained before; "lost": true says that the machine is dead. Run again, it goes on.
{%- from "platform/steps.jinja" import steps with context %}
{%- set node = pillar.get('node', '') %}

{%- if not node or pillar.get('confirm') != node %}
Asked for by name:
  test.fail_without_changes:
    - name: nothing was touched; say which node to remove, twice (node and confirm)
{%- else %}
{{ steps('replace') }}
{%- endif %}
