# What runs on a node follows from its roles; the roles from the topology, by the node's own pillar.
{%- set roles = pillar.get('meridian', {}).get('node', {}).get('roles', []) %}
{%- set formulas = ['node', 'pki'] %}
{#- Fixed addresses first: Mesos and Marathon find ZooKeeper by them. #}
{%- if pillar.proxy is defined %}
{%- do formulas.append('proxy') %}
{%- endif %}
{%- for role, names in [
  ('zookeeper', ['java', 'zookeeper']),
  ('objectstore', ['objectstore']),
  ('mesos-master', ['mesos']),
  ('mesos-agent', ['mesos']),
  ('marathon', ['java', 'marathon']),
  ('kafka-controller', ['java', 'kafka']),
  ('kafka', ['java', 'kafka']),
  ('connect', ['java', 'connect']),
  ('archive', ['archive']),
  ('elasticsearch', ['java', 'elasticsearch']),
] if role in roles %}
{%- do formulas.extend(names) %}
{%- endfor %}
{%- if pillar.kafka_scheduler is defined and 'kafka' in roles %}
{%- do formulas.append('kafka-scheduler') %}
{%- endif %}
{%- if pillar.elasticsearch_scheduler is defined and 'elasticsearch' in roles %}
{%- do formulas.append('elasticsearch-scheduler') %}
{%- endif %}
base:
  '*': {{ formulas | unique | list | json }}
