# The supervisor of this node's worker: restarts what fails there. Restarted itself at any time; it keeps nothing.
{%- from "connect/map.jinja" import connect with context %}

include:
  - node.install
  - connect.install

/etc/systemd/system/meridian-connect-supervisor.service:
  file.managed:
    - source: salt://connect/files/meridian-connect-supervisor.service
    - template: jinja
    - mode: '0644'
    - context:
        connect: {{ connect | json }}

meridian-connect-supervisor:
  service.running:
    - enable: true
    - require:
      - sls: connect.install
    - watch:
      - file: /etc/systemd/system/meridian-connect-supervisor.service
{%- if 'meridian' in pillar.get('artifacts', {}) %}
      - meridian_artifact: Modules of Meridian
{%- endif %}
