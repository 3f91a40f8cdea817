# Data volumes stay mounted, with what is on them.
{%- set units = ['meridian-routes', 'meridian-firewall'] %}

Units of the node:
  service.dead:
    - names: {{ units | json }}
    - enable: false

Files of the node:
  file.absent:
    - names:
{%- for unit in units %}
      - /etc/systemd/system/{{ unit }}.service
{%- endfor %}
      - /etc/meridian/routes
      - /etc/meridian/firewall.nft
      - /etc/systemd/journald.conf.d/meridian.conf
    - require:
      - service: Units of the node
