# The daemon that tells the proxy where brokers and apps are now.
{%- from "proxy/map.jinja" import proxy, public, discovery with context %}
{%- set passwords = {
  'scheduler': proxy.scheduler_password if proxy.follow else '',
  'marathon': proxy.marathon_password if proxy.apps else '',
} %}

include:
  - node.install
  - proxy.service

{%- if discovery %}
{%- for service, password in passwords.items() if password %}

/etc/meridian/proxy/{{ service }}.password:
  file.managed:
    - contents_pillar: proxy:{{ service }}_password
    - user: root
    - group: {{ proxy.user }}
    - mode: '0640'
    - show_changes: false
    - require:
      - sls: proxy.config
    - watch_in:
      - service: meridian-discovery
{%- endfor %}

/etc/meridian/proxy/discovery.json:
  file.managed:
    - source: salt://proxy/files/discovery.json
    - template: jinja
    - context:
        proxy: {{ public | json }}
    - mode: '0644'
    - require:
      - sls: proxy.config

/etc/systemd/system/meridian-discovery.service:
  file.managed:
    - source: salt://proxy/files/meridian-discovery.service
    - template: jinja
    - context:
        proxy: {{ public | json }}
    - mode: '0644'

meridian-discovery:
  service.running:
    - enable: true
    - require:
      - service: meridian-proxy
    - watch:
      - file: /etc/meridian/proxy/discovery.json
      - file: /etc/systemd/system/meridian-discovery.service
{%- if 'meridian' in pillar.get('artifacts', {}) %}
      - meridian_artifact: Modules of Meridian
{%- endif %}
{%- else %}

# Left from when the brokers were Mesos tasks.
meridian-discovery:
  service.dead:
    - enable: false

Files of the discovery:
  file.absent:
    - names:
      - /etc/systemd/system/meridian-discovery.service
      - /etc/meridian/proxy/discovery.json
      - /etc/meridian/proxy/scheduler.password
      - /etc/meridian/proxy/marathon.password
    - require:
      - service: meridian-discovery
{%- endif %}
