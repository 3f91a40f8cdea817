# From nothing to a verified platform. By hand: salt-run state.orchestrate platform.deploy
# Another environment: pillar='{"environment": "local-global"}'
# Only what a plan says, or nothing when the world moved since: pillar='{"plan": "/path/of/plan.json"}'
{%- set environment = pillar.get('environment', 'local') %}
{%- set outline = salt['saltutil.runner']('platform.outline', environment=environment) %}

Lock:
  phase.runner:
    - function: platform.lock
    - phase: lock
    - environment: {{ environment }}

Topology:
  phase.runner:
    - function: platform.validate
    - phase: topology
    - environment: {{ environment }}
    - require:
      - phase: Lock

{%- if outline is mapping %}
{%- if pillar.get('plan') %}
Plan:
  phase.runner:
    - function: platform.agree
    - phase: plan
    - environment: {{ environment }}
    - plan: {{ pillar.plan | yaml_dquote }}
    - require:
      - phase: Topology
    - require_in:
      - phase: Preflight
{%- endif %}

Preflight:
  phase.runner:
    - function: platform.preflight
    - phase: preflight
    - environment: {{ environment }}
    - require:
      - phase: Topology

Artifacts:
  phase.runner:
    - function: artifact.prepare
    - phase: artifacts
    - environment: {{ environment }}
    - require:
      - phase: Preflight

Certificates:
  phase.runner:
    - function: pki.ensure
    - phase: certificates
    - environment: {{ environment }}
    - require:
      - phase: Artifacts

{%- if outline.local %}
Image:
  phase.runner:
    - function: artifact.image
    - phase: image
    - environment: {{ environment }}
    - require:
      - phase: Certificates
    - require_in:
      - phase: Nodes
{%- endif %}

Nodes:
  phase.runner:
    - function: cloud.ensure
    - phase: nodes
    - environment: {{ environment }}
    - require:
      - phase: Certificates

{%- if outline.remote %}
# Clouds choose addresses when machines are made: who is where, and certificates that say so.
Addresses:
  phase.runner:
    - function: platform.locate
    - phase: addresses
    - environment: {{ environment }}
    - require:
      - phase: Nodes

Certificates of new machines:
  phase.runner:
    - function: pki.ensure
    - phase: certificates
    - environment: {{ environment }}
    - require:
      - phase: Addresses
    - require_in:
{%- for region in outline.regions %}
      - phase: States of {{ region.name }}
{%- endfor %}
{%- endif %}

{%- for region in outline.regions %}
States of {{ region.name }}:
  phase.states:
    - nodes: {{ region.nodes | json }}
    - phase: states
    - region: {{ region.name }}
    - parallel: true
    - require:
      - phase: Nodes
{%- endfor %}

{%- set ensembles = outline.regions | selectattr('roles.zookeeper', 'defined') | list %}
{%- if ensembles %}
ZooKeeper:
  phase.runner:
    - function: zookeeper.roll
    - phase: zookeeper
    - environment: {{ environment }}
    - require:
{%- for region in ensembles %}
      - phase: States of {{ region.name }}
{%- endfor %}

{%- for region in ensembles %}
Paths of {{ region.name }}:
  phase.states:
    - nodes: {{ region.roles.zookeeper[:1] | json }}
    - sls: [zookeeper.paths]
    - phase: paths
    - region: {{ region.name }}
    - parallel: true
    - require:
      - phase: ZooKeeper
    - require_in:
      - phase: Brokers
{%- if region.runtime == 'mesos' %}
      - phase: Scheduler of {{ region.name }}
{%- endif %}
{%- if region.get('search') == 'mesos' %}
      - phase: Search scheduler of {{ region.name }}
{%- endif %}
{%- endfor %}
{%- endif %}

{%- set clusters = outline.regions | selectattr('roles.mesos-agent', 'defined') | list %}
{%- if clusters %}
# Nodes that were made anew are taken back into service; agents whose changed flags would cost them their tasks are
# drained first, one after the other.
Agents:
  phase.runner:
    - function: mesos.roll
    - phase: agents
    - environment: {{ environment }}
    - require:
{%- for region in clusters %}
      - phase: States of {{ region.name }}
{%- endfor %}
{%- if ensembles %}
      - phase: ZooKeeper
{%- endif %}
    - require_in:
      - phase: Brokers
{%- for region in outline.regions if region.runtime == 'mesos' %}
      - phase: Scheduler of {{ region.name }}
{%- endfor %}
{%- endif %}

{%- for region in outline.regions if region.runtime == 'mesos' %}
Scheduler of {{ region.name }}:
  phase.states:
    - nodes: {{ region.roles.marathon[:1] | json }}
    - sls: [kafka-scheduler.app]
    - phase: scheduler
    - region: {{ region.name }}
    - parallel: true
    - require:
      - phase: States of {{ region.name }}
    - require_in:
      - phase: Tasks
{%- if loop.last %}

Tasks:
  phase.runner:
    - function: scheduler.place
    - phase: scheduler
    - environment: {{ environment }}
    - require_in:
      - phase: Brokers
{%- endif %}
{%- endfor %}

Brokers:
  phase.runner:
    - function: kafka.roll
    - phase: brokers
    - environment: {{ environment }}
    - require:
{%- for region in outline.regions %}
      - phase: States of {{ region.name }}
{%- endfor %}

{%- for region in outline.regions if region.topics %}
Topics of {{ region.name }}:
  phase.states:
    - nodes: {{ region.roles.kafka[:1] | json }}
    - sls: [kafka.topics]
    - phase: topics
    - region: {{ region.name }}
    - parallel: true
    - require:
      - phase: Brokers
{%- endfor %}

Workers:
  phase.runner:
    - function: connect.roll
    - phase: workers
    - environment: {{ environment }}
    - require:
      - phase: Brokers
{%- for region in outline.regions if region.topics %}
      - phase: Topics of {{ region.name }}
{%- endfor %}

{%- for region in outline.regions if region.name in outline.mirror_targets %}
Flows into {{ region.name }}:
  phase.states:
    - nodes: {{ region.roles.connect[:1] | json }}
    - sls: [connect.flows]
    - phase: flows
    - region: {{ region.name }}
    - parallel: true
    - require:
      - phase: Workers
    - require_in:
      - phase: Mirrors
{%- endfor %}

{%- for region in outline.regions if region.get('search') == 'mesos' %}
Search scheduler of {{ region.name }}:
  phase.states:
    - nodes: {{ region.roles.marathon[:1] | json }}
    - sls: [elasticsearch-scheduler.app]
    - phase: search
    - region: {{ region.name }}
    - parallel: true
    - require:
      - phase: States of {{ region.name }}
    - require_in:
      - phase: Search tasks

Sinks of {{ region.name }}:
  phase.states:
    - nodes: {{ region.roles.elasticsearch | json }}
    - sls: [elasticsearch.sink_service]
    - phase: search
    - region: {{ region.name }}
    - parallel: true
    - require:
      - phase: Search tasks
      - phase: Brokers
{%- if region.topics %}
      - phase: Topics of {{ region.name }}
{%- endif %}
    - require_in:
      - phase: Search
{%- if loop.last %}

Search tasks:
  phase.runner:
    - function: scheduler.search
    - phase: search
    - environment: {{ environment }}
{%- endif %}
{%- endfor %}

{%- if outline.regions | selectattr('roles.elasticsearch', 'defined') | list %}
Search:
  phase.runner:
    - function: elasticsearch.roll
    - phase: search
    - environment: {{ environment }}
    - require:
      - phase: Brokers
{%- for region in outline.regions if region.topics %}
      - phase: Topics of {{ region.name }}
{%- endfor %}
    - require_in:
      - phase: Verification
{%- endif %}

{%- for region in outline.regions if region.apps %}
Apps of {{ region.name }}:
  phase.states:
    - nodes: {{ region.roles.marathon[:1] | json }}
    - sls: [marathon.apps]
    - phase: apps
    - region: {{ region.name }}
    - parallel: true
    - require:
      - phase: Brokers
{%- if region.topics %}
      - phase: Topics of {{ region.name }}
{%- endif %}
{%- if clusters %}
      - phase: Agents
{%- endif %}
    - require_in:
      - phase: Verification
{%- endfor %}

Mirrors:
  phase.runner:
    - function: mirror.wait
    - phase: mirrors
    - environment: {{ environment }}
    - require:
      - phase: Workers

Verification:
  phase.runner:
    - function: platform.verify
    - phase: verify
    - environment: {{ environment }}
    - require:
      - phase: Mirrors
{%- endif %}
