# The mirror flows that end in this region. Applied on one node of the Connect cluster; each flow is judged and
# changed on its own. Connectors of a flow that is gone from pillar are paused, removed or told of as
# mirror:unmanaged_connectors says, once all flows have taken over from them what they go on with.
{%- for name, flow in pillar.get('flows', {}) | dictsort %}
{{ name }}:
  mirror.flow:
    - flow: {{ flow | json }}
{%- endfor %}

Connectors without a flow:
  mirror.unmanaged:
    - policy: {{ pillar.get('mirror', {}).get('unmanaged_connectors', 'pause') }}
    - known: {{ pillar.get('flows', {}) | list | json }}
{%- if pillar.get('flows') %}
    - require:
{%- for name in pillar.flows | sort %}
      - mirror: {{ name }}
{%- endfor %}
{%- endif %}
