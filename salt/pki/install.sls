{%- from "pki/map.jinja" import pki with context %}

{{ pki.directory }}:
  file.directory:
    - mode: '0755'
    - makedirs: true

# A key belongs to the service's group, so that must be there before the service's own formula runs.
# What else the user is like (home, shell) is that formula's business.
{%- for service in pki.certificates %}

User of {{ service }}:
  user.present:
    - name: {{ service }}
    - system: true
    - createhome: false
{%- endfor %}
