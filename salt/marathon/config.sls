{%- from "marathon/map.jinja" import marathon with context %}

include:
  - pki
  - marathon.install

{%- if not (marathon.password and marathon.mesos_password and marathon.zookeeper_password) %}
Passwords of Marathon:
  test.fail_without_changes:
    - comment: "no passwords for Marathon on {{ grains.id }} yet: run salt-run pki.ensure on the master"
{%- endif %}

# Read by systemd before the service gives up root: no secret is in an argument list.
/etc/meridian/marathon/environment:
  file.managed:
    - source: salt://marathon/files/environment
    - template: jinja
    - user: root
    - group: {{ marathon.user }}
    - mode: '0640'
    - makedirs: true
    - show_changes: false
    - require:
      - user: User of Marathon

# No newline at its end: Marathon would take it for part of the secret.
/etc/meridian/marathon/mesos-secret:
  file.managed:
    - contents_pillar: marathon:mesos_password
    - contents_newline: false
    - user: root
    - group: {{ marathon.user }}
    - mode: '0640'
    - makedirs: true
    - show_changes: false
    - require:
      - user: User of Marathon

# For the states of this node, which run as root.
/etc/meridian/marathon/credentials:
  file.managed:
    - source: salt://marathon/files/credentials
    - template: jinja
    - mode: '0600'
    - makedirs: true
    - show_changes: false

/etc/meridian/marathon/logback.xml:
  file.managed:
    - source: salt://marathon/files/logback.xml
    - template: jinja
    - mode: '0644'
    - makedirs: true

# Key store of the REST server, and trust store of the requests that are handed on to the leader.
Stores of Marathon:
  connect_keystore.present:
    - name: /etc/meridian/marathon
    - service: {{ marathon.user }}
    - require:
      - file: /etc/meridian/marathon/environment

/etc/systemd/system/{{ marathon.service }}.service:
  file.managed:
    - source: salt://marathon/files/marathon.service
    - template: jinja
    - mode: '0644'
