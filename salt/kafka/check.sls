# The broker is registered and serves clients. Changes nothing.
{%- from "kafka/map.jinja" import kafka with context %}

Kafka broker:
  kafka_broker.ready:
    - name: '{{ kafka.node_id }}'
    - seconds: {{ kafka.check_seconds }}
