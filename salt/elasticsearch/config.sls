{%- from "elasticsearch/map.jinja" import elastic, public, has_passwords with context %}
{%- set folder = '/etc/meridian/elasticsearch' %}

include:
  - pki
  - elasticsearch.install
{%- if pillar.get('volumes') %}
  - node.volumes
{%- endif %}
{%- if elastic.transport == 'proxy' and pillar.proxy is defined %}
  - proxy.config
{%- endif %}

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
        elastic: {{ public | json }}
    - require:
      - user: User of Elasticsearch
{%- endfor %}

{%- if not has_passwords %}

Passwords of Elasticsearch:
  test.fail_without_changes:
    - comment: "no passwords for Elasticsearch on {{ grains.id }} yet: run salt-run pki.ensure on the master"
{%- else %}
{#- Hashes of passwords, passwords for the keystore, and what states ask the cluster with: from the node's own pillar. #}
{%- for file, group, mode in [
      ('users', elastic.user, '0640'), ('users_roles', elastic.user, '0640'), ('keystore.txt', elastic.user, '0640'),
      ('auth.json', 'root', '0600'),
    ] %}

{{ folder }}/{{ file }}:
  file.managed:
    - source: salt://elasticsearch/files/{{ file }}
    - template: jinja
    - user: root
    - group: {{ group }}
    - mode: '{{ mode }}'
    - makedirs: true
    - show_changes: false
    - require:
      - user: User of Elasticsearch
{%- endfor %}
{%- endif %}

{%- if elastic.transport == 'proxy' %}

# meridian-proxy is reloaded for it by its own formula, which watches the folder. A wrong one never comes into effect.
/etc/meridian/proxy/conf.d/elasticsearch.cfg:
  file.managed:
    - source: salt://elasticsearch/files/proxy.cfg
    - template: jinja
    - mode: '0644'
    - makedirs: true
    - check_cmd: /usr/sbin/haproxy -c -q -f /etc/meridian/proxy/conf.d/00-global.cfg -f
    - context:
        elastic: {{ public | json }}
{%- if pillar.proxy is defined %}
    - require:
      - sls: proxy.config
{%- endif %}
{%- endif %}
{%- if elastic.runtime == 'systemd' %}

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
        elastic: {{ public | json }}
{%- endif %}
