{%- from "mesos/map.jinja" import mesos, package, is_agent with context %}

User of Mesos:
  user.present:
    - name: {{ mesos.user }}
    - system: true
    - createhome: false
    - home: /nonexistent
    - shell: /usr/sbin/nologin

{%- if mesos.source == 'artifact' %}

Software of Mesos:
  meridian_artifact.installed:
    - name: mesos
{%- elif mesos.source == 'package' and grains.os_family == 'Debian' %}

Key of the repository of Mesos:
  file.managed:
    - name: /etc/apt/keyrings/mesos.asc
    - source: {{ package.key }}
{%- if package.key_hash %}
    - source_hash: sha256={{ package.key_hash }}
{%- else %}
    - skip_verify: true
{%- endif %}
    - mode: '0644'
    - makedirs: true

{%- set place = '[signed-by=/etc/apt/keyrings/mesos.asc] ' ~ package.repository %}

Software of Mesos:
  pkgrepo.managed:
    - name: deb {{ place }}/{{ grains.oscodename }} {{ grains.oscodename }} {{ package.component }}
    - file: /etc/apt/sources.list.d/mesos.list
    - require:
      - file: Key of the repository of Mesos
  pkg.installed:
    - pkgs:
{%- set name, _, version = package.name.partition('=') %}
      - {{ name }}{{ ': ' ~ version if version else '' }}
    - refresh: true
    - require:
      - pkgrepo: Software of Mesos
{%- elif mesos.source == 'package' %}

Software of Mesos:
  pkgrepo.managed:
    - name: mesos
    - humanname: clusterd (Apache Mesos)
    - baseurl: {{ package.repository }}
    - gpgcheck: 1
    - gpgkey: {{ package.key }}
  pkg.installed:
    - pkgs:
{%- set name, _, version = package.name.partition('=') %}
      - {{ name }}{{ ': ' ~ version if version else '' }}
    - require:
      - pkgrepo: Software of Mesos
{%- else %}

{#- Fetched here, not when the service starts: that must not wait for a registry. #}
Software of Mesos:
  cmd.run:
    - name: docker pull {{ mesos.image.name }}
    - unless: docker image inspect {{ mesos.image.name }}
{%- endif %}
{%- if is_agent %}

# Executors run it for MESOS_HTTP and MESOS_HTTPS checks; without it no such check ever passes.
Program of Mesos' health checks:
  pkg.installed:
    - name: curl
    - unless: command -v curl
{%- endif %}
