# Each address leads to a server that answers. Changes nothing.
{%- from "proxy/map.jinja" import proxy with context %}

Proxy at work:
  meridian_proxy.ready:
    - seconds: {{ proxy.ready_seconds }}
