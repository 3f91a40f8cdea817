# Stop and remove the broker. Its data stays in /var/lib/meridian/kafka.
meridian-kafka:
  service.dead:
    - enable: false

{%- for path in ['/etc/systemd/system/meridian-kafka.service', '/etc/systemd/system/meridian-kafka.service.d', '/etc/meridian/kafka'] %}

{{ path }}:
  file.absent:
    - require:
      - service: meridian-kafka
{%- endfor %}
