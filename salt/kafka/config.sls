{%- from "kafka/map.jinja" import kafka with context %}

include:
  - kafka.install

{%- set files = [('server.properties', '0640'), ('log4j2.yaml', '0644'), ('broker', '0755')] %}
{%- if kafka.mode == 'zookeeper' %}
{%- do files.append(('zookeeper-jaas.conf', '0640')) %}
{%- endif %}
{%- for file, mode in files %}

/etc/meridian/kafka/{{ file }}:
  file.managed:
    - source: salt://kafka/files/{{ file }}
    - template: jinja
    - user: root
    - group: kafka
    - mode: '{{ mode }}'
    - makedirs: true
    {%- if file == 'zookeeper-jaas.conf' %}
    - show_changes: false
    {%- endif %}
    - context:
        kafka: {{ kafka | json }}
    - require:
      - user: Kafka's user
{%- endfor %}
{%- if kafka.node_id %}

/etc/systemd/system/meridian-kafka.service:
  file.managed:
    - source: salt://kafka/files/meridian-kafka.service
    - template: jinja
    - mode: '0644'
    - context:
        kafka: {{ kafka | json }}

# Beside the unit, of which each change is a reason to restart the broker: this one is none.
/etc/systemd/system/meridian-kafka.service.d/restart.conf:
  file.managed:
    - source: salt://kafka/files/restart.conf
    - mode: '0644'
    - makedirs: true
{%- endif %}
