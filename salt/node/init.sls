include:
  - node.install
  - node.config
  - node.service
{#- What a node has nothing of is not even fetched. #}
{%- if pillar.transport is defined %}
  - node.transport
{%- endif %}
{%- if pillar.get('hosts') %}
  - node.hosts
{%- endif %}
{%- if pillar.firewall is defined or salt['file.file_exists']('/etc/systemd/system/meridian-firewall.service') %}
  - node.firewall
{%- endif %}
{%- if pillar.get('volumes') %}
  - node.volumes
{%- endif %}
