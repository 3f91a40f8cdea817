# A host of nodes that are Mesos tasks: where they note what they have read. It is gone when the machine restarts, as
# they are.
{%- from "elasticsearch/map.jinja" import elastic with context %}

/etc/tmpfiles.d/meridian-elasticsearch.conf:
  file.managed:
    - contents: d /run/meridian-elasticsearch 0750 {{ elastic.user }} {{ elastic.user }}
    - mode: '0644'

/run/meridian-elasticsearch:
  file.directory:
    - user: {{ elastic.user }}
    - group: {{ elastic.user }}
    - mode: '0750'
    - require:
      - user: User of Elasticsearch

# The unit of the runtime systemd has the ports, and the data: what becomes of them is nothing that a state decides on.
No unit of Elasticsearch:
  test.fail_without_changes:
    - name: "elasticsearch.runtime is mesos, and meridian-elasticsearch runs here: stop and disable the unit first"
    - onlyif: systemctl is-active --quiet meridian-elasticsearch
