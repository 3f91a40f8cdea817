{%- from "pki/map.jinja" import pki with context %}

{{ pki.directory }}:
  file.absent
