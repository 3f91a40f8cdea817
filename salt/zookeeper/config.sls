{%- from "zookeeper/map.jinja" import zookeeper with context %}

include:
  - zookeeper.install
{%- if pillar.get('volumes') %}
  - node.volumes
{%- endif %}

{%- for file, mode in [
      ('zoo.cfg', '0640'),
      ('jaas.conf', '0640'),
      ('log4j2.properties', '0644'),
      ('server', '0755'),
    ] %}

/etc/meridian/zookeeper/{{ file }}:
  file.managed:
    - source: salt://zookeeper/files/{{ file }}
    - template: jinja
    - user: root
    - group: zookeeper
    - mode: '{{ mode }}'
    - makedirs: true
    {%- if mode == '0640' %}
    - show_changes: false
    {%- endif %}
    - context:
        zookeeper: {{ zookeeper | json }}
    - require:
      - user: ZooKeeper's user
{%- endfor %}

/etc/systemd/system/meridian-zookeeper.service:
  file.managed:
    - source: salt://zookeeper/files/meridian-zookeeper.service
    - template: jinja
    - mode: '0644'
    - context:
        zookeeper: {{ zookeeper | json }}

# Others have folders beside it.
Folder above ZooKeeper's:
  file.directory:
    - name: {{ zookeeper.data.rsplit('/', 1)[0] }}
    - makedirs: true
{%- if pillar.get('volumes') %}
    - require:
      - sls: node.volumes
{%- endif %}

ZooKeeper's folders:
  file.directory:
    - names:
      - {{ zookeeper.data }}
      - {{ zookeeper.data }}/data
    - user: zookeeper
    - group: zookeeper
    - mode: '0750'
    - require:
      - user: ZooKeeper's user
      - file: Folder above ZooKeeper's

# Before the first start only; from then on the ensemble keeps it.
{{ zookeeper.data }}/members:
  zookeeper.prepared:
    - require:
      - file: ZooKeeper's folders
