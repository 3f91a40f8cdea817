# Mesos-DNS, where its binary is given: names of tasks, from the masters that Mesos itself knows.
{%- from "proxy/map.jinja" import proxy with context %}
{%- set dns = proxy.mesos_dns %}

include:
  - proxy.config

/opt/meridian/mesos-dns/mesos-dns:
  file.managed:
    - source: {{ dns.source }}
{%- if dns.source_hash %}
    - source_hash: {{ dns.source_hash }}
{%- endif %}
    - mode: '0755'
    - makedirs: true

# With a password in it.
/etc/meridian/proxy/mesos-dns.json:
  file.managed:
    - source: salt://proxy/files/mesos-dns.json
    - template: jinja
    - user: root
    - group: {{ proxy.user }}
    - mode: '0640'
    - show_changes: false
    - require:
      - sls: proxy.config

/etc/systemd/system/meridian-mesos-dns.service:
  file.managed:
    - source: salt://proxy/files/meridian-mesos-dns.service
    - template: jinja
    - context:
        user: {{ proxy.user }}
    - mode: '0644'

meridian-mesos-dns:
  service.running:
    - enable: true
    - watch:
      - file: /opt/meridian/mesos-dns/mesos-dns
      - file: /etc/meridian/proxy/mesos-dns.json
      - file: /etc/systemd/system/meridian-mesos-dns.service
