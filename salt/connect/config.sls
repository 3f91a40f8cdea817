{%- from "connect/map.jinja" import connect with context %}

include:
  - connect.install

{%- for file, mode in [('worker.properties', '0640'), ('log4j2.yaml', '0644'), ('worker', '0755')] %}

/etc/meridian/connect/{{ file }}:
  file.managed:
    - source: salt://connect/files/{{ file }}
    - template: jinja
    - user: root
    - group: connect
    - mode: '{{ mode }}'
    - makedirs: true
    - context:
        connect: {{ connect | json }}
    - require:
      - user: Connect's user
{%- endfor %}

REST stores of Connect:
  connect_keystore.present:
    - name: /etc/meridian/connect
    - service: connect
    - require:
      - file: /etc/meridian/connect/worker.properties

/etc/systemd/system/meridian-connect.service:
  file.managed:
    - source: salt://connect/files/meridian-connect.service
    - template: jinja
    - mode: '0644'
    - context:
        connect: {{ connect | json }}
