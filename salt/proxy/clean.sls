# The services and their files go; what was known of servers stays in /var/lib/meridian/discovery.
{%- set units = ['meridian-discovery', 'meridian-proxy'] %}

Units of the proxy:
  service.dead:
    - names: {{ units | json }}
    - enable: false

# With nothing to put in, it takes our names out of /etc/hosts.
Names of the proxy:
  cmd.run:
    - name: ": > /etc/meridian/proxy/hosts; /etc/meridian/proxy/names"
    - onlyif:
      - fun: file.file_exists
        path: /etc/meridian/proxy/names
    - require:
      - service: Units of the proxy

Files of the proxy:
  file.absent:
    - names:
{%- for unit in units %}
      - /etc/systemd/system/{{ unit }}.service
{%- endfor %}
      - /etc/meridian/proxy
    - require:
      - cmd: Names of the proxy
