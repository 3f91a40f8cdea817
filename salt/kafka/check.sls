# The broker is registered and serves clients. Changes nothing.
{%- from "kafka/map.jinja" import kafka with context %}
{%- if 'broker' in kafka.process_roles and kafka.node_id %}

Kafka broker:
  kafka_broker.ready:
    - name: '{{ kafka.node_id }}'
    - seconds: {{ kafka.check_seconds }}
{%- endif %}
