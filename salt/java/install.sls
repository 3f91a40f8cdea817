{%- from "java/map.jinja" import java with context %}
{#- Looking for one file is a hundred times cheaper than a package state that finds nothing to do. #}
{%- if not salt['file.file_exists']('/usr/bin/java') %}
Java runtime:
  pkg.installed:
    - name: {{ java.package }}
    - install_recommends: false
{%- endif %}
