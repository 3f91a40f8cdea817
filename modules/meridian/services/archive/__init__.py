"""The archive: every record of every region as Parquet segments in an object store.

`segment` holds what a segment is called and says about itself, `columns` its contents, `store` the object
store, `settings` where things are. The service that writes segments is ``apps/archiver``; it uses these four,
so that writer and reader share one definition. `reader`, `verify`, `restoring` and `status` are what is done
with segments; `access` and `wiring` lead from topology and pillar to `settings`.
"""
