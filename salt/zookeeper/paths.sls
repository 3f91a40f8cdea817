# Paths of the ensemble, by any one of its servers. Paths that pillar does not name are left alone.
{%- from "zookeeper/map.jinja" import zookeeper with context %}
{#- The root comes last: it is closed when all that belongs there is there. #}
{%- for path, access in zookeeper.paths | dictsort(reverse=true) %}

Path {{ path }}:
  zookeeper.path:
    - name: {{ path }}
    - owner: {{ access.owner }}
    - scheme: {{ access.get('scheme', 'digest') }}
    - readers: {{ access.get('readers', []) | json }}
{%- endfor %}
