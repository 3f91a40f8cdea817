{%- from "proxy/map.jinja" import proxy with context %}

User of the proxy:
  user.present:
    - name: {{ proxy.user }}
    - system: true
    - createhome: false

{#- Looking for one file is a hundred times cheaper than a state that finds nothing to do. #}
{%- if not salt['file.is_link']('/etc/systemd/system/haproxy.service') %}
# The distribution's own unit would serve its own configuration.
haproxy:
  service.masked: []

Unit of the distribution:
  service.dead:
    - name: haproxy
    - onlyif:
      - fun: service.status
        name: haproxy
    - require:
      - service: haproxy
{%- endif %}

{%- if not salt['file.file_exists'](proxy.program) %}
HAProxy:
  pkg.installed:
    - name: {{ proxy.package }}
    - install_recommends: false
{%- if not salt['file.is_link']('/etc/systemd/system/haproxy.service') %}
    - require:
      - service: haproxy
{%- endif %}
{%- endif %}
