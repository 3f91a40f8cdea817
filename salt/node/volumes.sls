# Data volumes, from the pillar. Services that keep data wait for this.
{%- from "node/map.jinja" import node with context %}

{%- if pillar.get('volumes') %}
{%- if node.volumes.filesystem == 'xfs' and not salt['file.file_exists']('/usr/sbin/mkfs.xfs') %}
xfsprogs:
  pkg.installed:
    - install_recommends: false
    - require_in:
      - meridian_disk: Data volumes
{%- endif %}

Data volumes:
  meridian_disk.mounted:
    - filesystem: {{ node.volumes.filesystem }}
{%- endif %}
