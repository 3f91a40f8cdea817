# What runs on a node follows from its roles; the roles from the topology, by the node's own pillar.
base:
  '*':
    - node
    - pki
{%- for role in ['zookeeper', 'objectstore', 'kafka', 'connect', 'archive'] %}
  'meridian:node:roles:{{ role }}':
    - match: pillar
{%- if role in ['zookeeper', 'kafka', 'connect'] %}
    - java
{%- endif %}
    - {{ role }}
{%- endfor %}
