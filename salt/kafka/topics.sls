# The cluster's topics, by any one of its brokers. Topics that pillar does not name are left alone.
{%- from "kafka/map.jinja" import kafka with context %}
{%- for topic, settings in pillar.get('topics', {}) | dictsort %}

Topic {{ topic }}:
  kafka_topic.present:
    - name: {{ topic }}
    - partitions: {{ settings.partitions }}
    - replication_factor: {{ settings.get('replication_factor', 3) }}
    - min_insync_replicas: {{ settings.get('min_insync_replicas', 2) }}
    - config: {{ settings.get('config', {}) | json }}
    - throttle_mb: {{ kafka.throttle_mb }}
{%- endfor %}
