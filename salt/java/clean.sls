{%- from "java/map.jinja" import java with context %}
Java runtime:
  pkg.removed:
    - name: {{ java.package }}
