{%- from "proxy/map.jinja" import proxy with context %}

User of the proxy:
  user.present:
    - name: {{ proxy.user }}
    - system: true
    - createhome: false

{#- Looking for one file is a hundred times cheaper than a state that finds nothing to do. #}
{%- set masked = salt['file.is_link']('/etc/systemd/system/haproxy.service') %}
{%- if not masked %}
# It would serve the distribution's own configuration.
Unit of the distribution at rest:
  service.dead:
    - name: haproxy

Unit of the distribution out of the way:
  service.masked:
    - name: haproxy
    - require:
      - service: Unit of the distribution at rest
{%- endif %}

{%- if not salt['file.file_exists'](proxy.program) %}
HAProxy:
  pkg.installed:
    - name: {{ proxy.package }}
    - install_recommends: false
{%- if not masked %}
    - require:
      - service: Unit of the distribution out of the way
{%- endif %}
{%- endif %}
