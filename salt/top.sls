# What runs on a node follows from its roles (modules/meridian/topology/roles.py) and is said in the node's own pillar.
base:
  '*': {{ pillar.get('meridian', {}).get('node', {}).get('formulas', ['node', 'pki']) | json }}
