{%- from "objectstore/map.jinja" import objectstore with context %}

include:
  - pki
  - objectstore.install
{%- if pillar.get('volumes') %}
  - node.volumes
{%- endif %}

{%- if not objectstore.root_access_key or not objectstore.root_secret_key %}
Credentials of the object store:
  test.fail_without_changes:
    - comment: "no credentials for the object store on {{ grains.id }} yet: run salt-run pki.ensure on the master"
{%- endif %}

# Apart, or its folders' owner and mode would be given to this one, which belongs to all services.
Folder above those of the object store:
  file.directory:
    - name: {{ salt['file.dirname'](objectstore.directory) }}
    - mode: '0755'
    - makedirs: true
{%- if pillar.get('volumes') %}
    - require:
      - sls: node.volumes
{%- endif %}

Folders of the object store:
  file.directory:
    - names:
      - {{ objectstore.directory }}
      - {{ objectstore.directory }}/data
      - {{ objectstore.directory }}/iam
    - user: {{ objectstore.user }}
    - group: {{ objectstore.user }}
    - mode: '0750'
    - makedirs: true
    - require:
      - user: User of the object store
      - file: Folder above those of the object store

# The service reads it as its environment, before it gives up root: no secret is in an argument list.
/etc/meridian/objectstore/environment:
  file.managed:
    - source: salt://objectstore/files/environment
    - template: jinja
    - mode: '0600'
    - makedirs: true
    - show_changes: false

# The gateway's own file of users, in its own form. An account that is made through its admin API is lost at the
# next change here: users belong into pillar.
{{ objectstore.directory }}/iam/users.json:
  file.managed:
    - source: salt://objectstore/files/users.json
    - template: jinja
    - user: {{ objectstore.user }}
    - group: {{ objectstore.user }}
    - mode: '0600'
    - show_changes: false
    - require:
      - file: Folders of the object store

/etc/systemd/system/{{ objectstore.service }}.service:
  file.managed:
    - source: salt://objectstore/files/objectstore.service
    - template: jinja
    - mode: '0644'
