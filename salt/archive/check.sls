# The archiver works: Kafka and the object store answer, the bucket is there, and it has its place in every
# partition. Changes nothing.
{%- from "archive/map.jinja" import archive with context %}

Archiver at work:
  archive.ready:
    - timeout: {{ archive.ready_seconds }}
