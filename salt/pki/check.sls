# Each certificate fits the authority and is valid now. Changes nothing; fails with openssl's own words.
{%- from "pki/map.jinja" import pki with context %}

{%- for service in pki.certificates %}
{%- set verify = 'openssl verify -CAfile ' ~ pki.directory ~ '/ca.pem -untrusted ' ~ pki.directory ~ '/' ~ service
      ~ '.pem ' ~ pki.directory ~ '/' ~ service ~ '.pem' %}
Certificate of {{ service }}:
  cmd.run:
    - name: {{ verify }}
    - unless: {{ verify }}
{%- endfor %}
