{%- from "proxy/map.jinja" import proxy, public, conf, wanted with context %}

include:
  - pki
  - proxy.install

{{ conf }}:
  file.directory:
    - mode: '0755'
    - makedirs: true

# Checked before it takes the place of the old one: a wrong file never comes into effect, not even at the next boot.
{{ conf }}/00-global.cfg:
  file.managed:
    - source: salt://proxy/files/00-global.cfg
    - template: jinja
    - context:
        proxy: {{ public | json }}
    - mode: '0644'
    - check_cmd: {{ proxy.program }} -c -q -f
    - require:
      - sls: proxy.install
      - sls: pki.config
      - file: {{ conf }}

{%- for fragment, what in wanted.items() if what %}

{{ conf }}/{{ fragment }}.cfg:
  file.managed:
    - source: salt://proxy/files/{{ fragment }}.cfg
    - template: jinja
    - context:
        proxy: {{ public | json }}
    - mode: '0644'
    - check_cmd: {{ proxy.program }} -c -q -f {{ conf }}/00-global.cfg -f
    - require:
      - file: {{ conf }}/00-global.cfg
{%- endfor %}

{%- if wanted.values() | select | list | length < wanted | length %}

# Of what is not reached through the proxy here.
Fragments out of use:
  file.absent:
    - names:
{%- for fragment, what in wanted.items() if not what %}
      - {{ conf }}/{{ fragment }}.cfg
{%- endfor %}
{%- endif %}

# Put into /etc/hosts by the unit, at each start: a container has a new /etc/hosts then, which can be written to but
# not replaced.
/etc/meridian/proxy/hosts:
  file.managed:
    - mode: '0644'
    - contents: {{ ('127.0.0.1 ' ~ proxy.name if proxy.name else '') | yaml_dquote }}
    - require:
      - file: {{ conf }}

/etc/meridian/proxy/names:
  file.managed:
    - source: salt://proxy/files/names
    - mode: '0755'
    - require:
      - file: {{ conf }}

/etc/systemd/system/meridian-proxy.service:
  file.managed:
    - source: salt://proxy/files/meridian-proxy.service
    - template: jinja
    - context:
        proxy: {{ public | json }}
    - mode: '0644'
