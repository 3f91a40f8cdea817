{%- from "elasticsearch/map.jinja" import elastic with context %}
{%- set folder = '/etc/meridian/elasticsearch' %}

include:
  - pki
  - elasticsearch.install
{%- if pillar.get('volumes') %}
  - node.volumes
{%- endif %}

{%- if not elastic.users.get('elastic') or not elastic.users.get('sink') %}
Passwords of Elasticsearch:
  test.fail_without_changes:
    - comment: "no passwords for Elasticsearch on {{ grains.id }} yet: run salt-run pki.ensure on the master"
{%- else %}

{%- for file, mode in [
      ('elasticsearch.yml', '0644'), ('jvm.options', '0644'), ('log4j2.properties', '0644'), ('roles.yml', '0644'),
      ('node', '0755'), ('node-task', '0755'),
    ] %}

{{ folder }}/{{ file }}:
  file.managed:
    - source: salt://elasticsearch/files/{{ file }}
    - template: jinja
    - mode: '{{ mode }}'
    - makedirs: true
    - context:
        elastic: {{ elastic | json }}
    - require:
      - user: User of Elasticsearch
{%- endfor %}

# Hashes of passwords, passwords for the keystore, and what states ask the cluster with.
{%- for file, group in [('users', elastic.user), ('users_roles', elastic.user), ('keystore.txt', elastic.user),
                        ('auth.json', 'root')] %}

{{ folder }}/{{ file }}:
  file.managed:
    - source: salt://elasticsearch/files/{{ file }}
    - template: jinja
    - user: root
    - group: {{ group }}
    - mode: '{{ '0600' if group == 'root' else '0640' }}'
    - makedirs: true
    - show_changes: false
    - context:
        elastic: {{ elastic | json }}
    - require:
      - user: User of Elasticsearch
{%- endfor %}
{%- endif %}

{%- if elastic.transport == 'proxy' %}

/etc/meridian/proxy/conf.d/elasticsearch.cfg:
  file.managed:
    - source: salt://elasticsearch/files/proxy.cfg
    - template: jinja
    - mode: '0644'
    - makedirs: true
    - context:
        elastic: {{ elastic | json }}
{%- endif %}

Data of Elasticsearch:
  file.directory:
    - name: {{ elastic.data }}
    - user: {{ elastic.user }}
    - group: {{ elastic.user }}
    - mode: '0750'
    - makedirs: true
    - require:
      - user: User of Elasticsearch
{%- if pillar.get('volumes') %}
      - sls: node.volumes
{%- endif %}

/etc/systemd/system/meridian-elasticsearch.service:
  file.managed:
    - source: salt://elasticsearch/files/meridian-elasticsearch.service
    - template: jinja
    - mode: '0644'
    - context:
        elastic: {{ elastic | json }}
