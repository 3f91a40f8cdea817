# Our own modules on the node, before any state that needs them. Salt itself is part of the machine's image.
{%- if 'meridian' in pillar.get('artifacts', {}) %}
Modules of Meridian:
  meridian_artifact.installed:
    - name: meridian
    - reload_modules: true
    - order: 1
{%- endif %}
