{%- from "proxy/map.jinja" import proxy, discovery with context %}

include:
  - proxy.install
  - proxy.config
  - proxy.service
{%- if discovery or salt['file.file_exists']('/etc/systemd/system/meridian-discovery.service') %}
  - proxy.discovery
{%- endif %}
{%- if proxy.mesos_dns.source %}
  - proxy.mesos_dns
{%- endif %}
