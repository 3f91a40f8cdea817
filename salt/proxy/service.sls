{%- from "proxy/map.jinja" import proxy, conf with context %}

include:
  - proxy.config

# A reload would go on with the old unit. Enabled here: a service that is enabled as it is seen to run counts as
# changed, and Salt then does not reload it for what it watches, as a fragment that another formula wrote by now.
Proxy under its present unit:
  cmd.run:
    - name: systemctl daemon-reload && systemctl enable meridian-proxy && systemctl restart meridian-proxy
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
