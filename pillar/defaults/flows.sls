# Mirror flows out of each region, done by MirrorMaker 2 on the Connect cluster of the target. A flow whose
# target is the region itself is left out. docs/flows.md says how flows are named, renamed and removed.
#   target               region that the records go to
#   name                 what its connectors and their position are kept by, once in an environment; default:
#                        <source>-to-<target>, with -<key> behind it where the flow is not keyed by its target
#   topics               topic names, or regular expressions that match whole names
#   naming               source_prefix: <source>.<topic> in the target; identity: the same name
#   filter               which records pass; null: all
#     condition          {all: […]}, {any: […]}, {not: …}, {header: name, <op>: value},
#                        {field: a.b, <op>: value} on a JSON value; <op>: equals, in, less, greater,
#                        exists (true|false), matches (regular expression, RE2's syntax)
#     on_malformed       a record whose value is no JSON where a field is asked for: pass, drop, or fail the task
#   on_impossible        a record that the source took and Connect cannot write (docs/flows.md): dlq (default), to the
#                        topic of its name in the target with .dlq behind it; drop; or fail the task
#   tasks_max            most tasks of its source connector
#   replication_factor   of the topics made in the target (3)
#   offset_sync          keep consumer groups' places translated in the target
#   groups               groups of the source whose places are kept so: names, or regular expressions ([".*"])
#   groups_exclude       groups of them to leave alone: one whose name a group of the target has too is moved
#                        there while it has no member. Meridian's own (meridian-.*) are always left alone
#   heartbeats           send heartbeats, by which the flow's life and lag are seen; of several flows to one
#                        target the one keyed by it (else the first) has them, as each would arrive once for each
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

# Connectors of ours that no flow names, on the Connect cluster that they run on: those of a flow that was taken out
# of pillar. Left running they write what nobody asked for, and twice what another flow carries too.
#   unmanaged_connectors   pause: a deployment pauses them, with their position; remove: it deletes them;
#                          report: it leaves them as they are. One that runs is a problem in status and verify.
mirror:
  unmanaged_connectors: pause
