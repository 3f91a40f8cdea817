# What runs on a node follows from its roles; the roles from the topology, by the node's own pillar.
base:
  '*':
    - node
    - pki
{%- for role in ['objectstore', 'kafka', 'connect', 'archive', 'elasticsearch'] %}
  'meridian:node:roles:{{ role }}':
    - match: pillar
{%- if role in ['kafka', 'connect', 'elasticsearch'] %}
    - java
{%- endif %}
    - {{ role }}
{%- endfor %}
