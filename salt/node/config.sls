{%- from "node/map.jinja" import node with context %}

/etc/systemd/journald.conf.d/meridian.conf:
  file.managed:
    - makedirs: true
    - mode: '0644'
    - contents: |
        [Journal]
        Storage=persistent
        SystemMaxUse={{ node.journal.max_use }}
        MaxRetentionSec={{ node.journal.max_retention }}
        RateLimitIntervalSec=30s
        RateLimitBurst={{ node.journal.rate_burst }}

{%- if pillar.get('routes') %}
# Read by `ip -batch`; the unit below puts them in at each boot.
/etc/meridian/routes:
  file.managed:
    - makedirs: true
    - mode: '0644'
    - contents:
{%- for route in pillar.routes %}
      - route replace {{ route.network }} via {{ route.via }} proto {{ node.routes.protocol }}
{%- endfor %}

/etc/systemd/system/meridian-routes.service:
  file.managed:
    - source: salt://node/files/meridian-routes.service
    - template: jinja
    - mode: '0644'
    - context:
        protocol: {{ node.routes.protocol }}
{%- endif %}
