{%- from "pki/map.jinja" import pki with context %}

include:
  - pki.install

{%- if not pki.ca %}
Certificates:
  test.fail_without_changes:
    - comment: "no certificates for {{ grains.id }} yet: run salt-run pki.ensure on the master"
{%- else %}
{{ pki.directory }}/ca.pem:
  file.managed:
    - contents_pillar: pki:ca
    - mode: '0644'
    - require:
      - file: {{ pki.directory }}
{%- endif %}

{%- for service in pki.certificates %}
{%- set at = 'pki:certificates:' ~ service %}
{%- for name, keys, mode in [
      (service ~ '.pem', [at ~ ':certificate'], '0644'),
      (service ~ '.key', [at ~ ':key'], '0640'),
      (service ~ '.keystore.pem', [at ~ ':key', at ~ ':certificate'], '0640'),
    ] %}

{{ pki.directory }}/{{ name }}:
  file.managed:
    - contents_pillar: {{ keys | json }}
    - user: root
    - group: {{ service }}
    - mode: '{{ mode }}'
    - show_changes: false
    - require:
      - sls: pki.install
{%- endfor %}
{%- endfor %}
