meridian-routes:
  service.dead:
    - enable: false

Files of the node:
  file.absent:
    - names:
      - /etc/systemd/system/meridian-routes.service
      - /etc/meridian/routes
      - /etc/systemd/journald.conf.d/meridian.conf
    - require:
      - service: meridian-routes
