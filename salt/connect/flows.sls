# The mirror flows that end in this region. Applied on one node of the Connect cluster; each flow is judged and
# changed on its own. A flow that is gone from pillar is reported and stays: `salt-call mirror.remove` takes it.
{%- for name, flow in pillar.get('flows', {}) | dictsort %}
{{ name }}:
  mirror.flow:
    - flow: {{ flow | json }}
{%- endfor %}

Flows without pillar:
  mirror.reported:
    - known: {{ pillar.get('flows', {}) | list | json }}
