# Nothing is assigned here, and that is meant.
#
# The files beside this one describe the whole platform; no node needs, or may see, all of it. They are merged
#
#     defaults/*.sls  <  regions/<region>.sls  <  environments/<environment>.sls  <  its `overrides: {<region>: …}`
#
# by meridian.topology (mappings merge, lists replace, `null` takes away what an earlier layer put there) and
# checked against a schema. Each node then gets its own slice from the external pillar `meridian`
# (modules/meridian/pillar/meridian.py), chosen by its minion id, never by grains:
#
#     salt '<minion id>' pillar.items
base: {}
