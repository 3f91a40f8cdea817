{%- from "proxy/map.jinja" import proxy, conf with context %}

include:
  - proxy.config

# A reload would go on with the old unit.
Proxy under its present unit:
  cmd.run:
    - name: systemctl daemon-reload && systemctl restart meridian-proxy
    - onchanges:
      - file: /etc/systemd/system/meridian-proxy.service
    - require:
      - sls: proxy.config

meridian-proxy:
  service.running:
    - enable: true
    - reload: true
    - require:
      - cmd: Proxy under its present unit
    - watch:
      - file: {{ conf }}/*
      - file: /etc/meridian/proxy/hosts
      - file: /etc/meridian/proxy/names
{%- if proxy.identity in pillar.get('pki', {}).get('certificates', {}) %}
      - file: /etc/meridian/pki/{{ proxy.identity }}.*
{%- endif %}
