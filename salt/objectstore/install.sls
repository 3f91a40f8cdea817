{%- from "objectstore/map.jinja" import objectstore with context %}

User of the object store:
  user.present:
    - name: {{ objectstore.user }}
    - system: true
    - home: {{ objectstore.directory }}
    - createhome: false
    - shell: /usr/sbin/nologin

Artifact versitygw:
  meridian_artifact.installed:
    - name: versitygw
