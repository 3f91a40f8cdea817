# Mirror flows out of each region, done by MirrorMaker 2 on the Connect cluster of the target. A flow whose
# target is the region itself is left out.
#   target               region that the records go to
#   topics               topic names, or regular expressions that match whole names
#   naming               source_prefix: <source>.<topic> in the target; identity: the same name
#   filter               which records pass; null: all
#     condition          {all: […]}, {any: […]}, {not: …}, {header: name, <op>: value},
#                        {field: a.b, <op>: value} on a JSON value; <op>: equals, in, less, greater,
#                        exists (true|false), matches (regular expression)
#     on_malformed       a record whose value is no JSON where a field is asked for: pass, drop, or fail the task
#   tasks_max            most tasks of its source connector
#   replication_factor   of the topics made in the target (3)
#   offset_sync          keep consumer groups' places translated in the target
#   heartbeats           send heartbeats, by which the flow's life and lag are seen
#   enabled              false: connectors stay paused
#   config               further settings of the source connector, by MirrorMaker's own key
flows:
  central:
    target: central
    topics: [flights, canary]
    naming: source_prefix
    filter:
      condition:
        any:
          - {field: dep_delay, greater: 15}
          - {header: canary, equals: pass}
      on_malformed: drop
    tasks_max: 2
    offset_sync: true
    heartbeats: true
    enabled: true
