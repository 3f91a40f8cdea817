include:
  - node.config

Journal limits in effect:
  cmd.run:
    - name: systemctl restart systemd-journald
    - onchanges:
      - file: /etc/systemd/journald.conf.d/meridian.conf

{%- if pillar.get('routes') %}
meridian-routes:
  service.running:
    - enable: true
    - watch:
      - file: /etc/meridian/routes
      - file: /etc/systemd/system/meridian-routes.service
{%- else %}
# Left from when regions were reached through WAN gateways.
meridian-routes:
  service.dead:
    - enable: false
    - onlyif:
      - fun: file.file_exists
        path: /etc/systemd/system/meridian-routes.service
{%- endif %}
