# Stop and remove the server. Its data stay in /var/lib/meridian/zookeeper, and its vote stays in the ensemble: that goes
# by `salt-run zookeeper.roll`, once the topology does not have the server any more.
meridian-zookeeper:
  service.dead:
    - enable: false

{%- for path in ['/etc/systemd/system/meridian-zookeeper.service', '/etc/meridian/zookeeper'] %}

{{ path }}:
  file.absent:
    - require:
      - service: meridian-zookeeper
{%- endfor %}
