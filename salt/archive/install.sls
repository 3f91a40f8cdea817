{%- from "archive/map.jinja" import archive with context %}

User of the archiver:
  user.present:
    - name: {{ archive.user }}
    - system: true
    - home: /nonexistent
    - createhome: false
    - shell: /usr/sbin/nologin

{%- for artifact in ['archiver-libs', 'archiver'] %}

Artifact {{ artifact }}:
  meridian_artifact.installed:
    - name: {{ artifact }}
{%- endfor %}
