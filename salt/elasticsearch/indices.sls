# What the sink's indices are made like, and where snapshots go; any node may do it. Templates and repositories that
# pillar does not name are left alone.
{%- from "elasticsearch/map.jinja" import elastic, public with context %}
{%- import_json "elasticsearch/files/template.json" as template %}
{%- do template.update({'index_patterns': [elastic.sink.prefix ~ '*']}) %}
{%- do template.template.settings.update({
  'number_of_shards': elastic.shards,
  'number_of_replicas': elastic.replicas,
}) %}

Template of the sink's indices:
  elasticsearch.index_template:
    - name: meridian-kafka
    - template: {{ template | json }}
    - seconds: {{ elastic.check_seconds }}

{%- if public.snapshots.bucket is defined %}
{%- set base_path = public.snapshots.get('base_path', elastic.cluster) %}

Snapshots in the object store:
  elasticsearch.snapshot_repository:
    - name: archive
    - type: s3
    - settings: {{ {'bucket': public.snapshots.bucket, 'base_path': base_path} | json }}
    - require:
      - elasticsearch: Template of the sink's indices
{%- endif %}
