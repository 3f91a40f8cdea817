# nftables from the pillar's rules, on nodes whose provider has no firewall that we can set.
{%- from "node/map.jinja" import node with context %}

{%- if pillar.firewall is defined %}
{#- Looking for one file is a hundred times cheaper than a package state that finds nothing to do. #}
{%- if not salt['file.file_exists']('/usr/sbin/nft') %}
nftables:
  pkg.installed:
    - install_recommends: false
    - require_in:
      - file: /etc/meridian/firewall.nft
{%- endif %}

# Checked before it takes the place of the old one: a wrong file never comes into effect.
/etc/meridian/firewall.nft:
  file.managed:
    - source: salt://node/files/firewall.nft
    - template: jinja
    - mode: '0644'
    - makedirs: true
    - check_cmd: /usr/sbin/nft --check --file

/etc/systemd/system/meridian-firewall.service:
  file.managed:
    - source: salt://node/files/meridian-firewall.service
    - mode: '0644'

meridian-firewall:
  service.running:
    - enable: true
    - require:
      - file: /etc/meridian/firewall.nft
      - file: /etc/systemd/system/meridian-firewall.service

Firewall of the node:
  meridian_firewall.in_effect:
    - require:
      - service: meridian-firewall
    - watch:
      - file: /etc/meridian/firewall.nft
{%- elif salt['file.file_exists']('/etc/systemd/system/meridian-firewall.service') %}
# Left from when the node had to filter for itself.
meridian-firewall:
  service.dead:
    - enable: false

Files of the firewall:
  file.absent:
    - names:
      - /etc/meridian/firewall.nft
      - /etc/systemd/system/meridian-firewall.service
    - require:
      - service: meridian-firewall
{%- endif %}
