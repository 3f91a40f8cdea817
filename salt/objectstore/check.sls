# https answers, with a certificate that the platform's authority signed. Changes nothing.
{%- from "objectstore/map.jinja" import objectstore with context %}

https://localhost:{{ objectstore.port }}{{ objectstore.health }}:
  http.wait_for_successful_query:
    - status: 200
    - wait_for: {{ objectstore.ready_seconds }}
    - request_interval: 1
    - ca_bundle: /etc/meridian/pki/ca.pem
