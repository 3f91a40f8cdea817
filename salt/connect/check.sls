# The worker has joined its group and serves requests. Changes nothing.
{%- from "connect/map.jinja" import connect with context %}

Connect worker:
  connect_worker.ready:
    - name: https://{{ connect.worker }}
    - seconds: {{ connect.check_seconds }}
