# The search cluster of a region that has nodes with the role elasticsearch: three or more, best in three zones.
elasticsearch:
  # systemd: a unit on each node. mesos: tasks of our scheduler on these nodes, which have to be agents; the launcher
  # and all that a task reads are there (/etc/meridian/elasticsearch/node-task). The sink is a unit in both.
  runtime: systemd
  ports:
    http: 9200                  # TLS, user and password
    transport: 9300             # among nodes, TLS by certificate
  data: /var/lib/meridian/elasticsearch   # indices, below /var/lib
  heap_mb: 4096                 # MiB, -Xms and -Xmx
  # direct: nodes speak with each other directly, and Elasticsearch insists on the limits of a production machine
  # (65,535 open files, no SerialGC). proxy: by each node's HAProxy, which passes their TLS on; Elasticsearch itself
  # listens on loopback addresses for them, and only warns: for small machines and containers. Wants proxy:enabled.
  transport: direct
  serial_gc: false              # true, with transport: proxy: leaner on small machines
  # The sink: records of the region's topics as documents, each exactly once.
  sink:
    enabled: true
    topics: [flights, '.*\.flights']   # regular expressions that match whole names; dead letters never
    exclude: []
    prefix: kafka-              # of each index; the topic's name in small letters comes behind it
    malformed: index            # a value that is no JSON object: index (as base64) or dlq (into <topic>.dlq)
  config: {}                    # further elasticsearch.yml of every node, by Elasticsearch's own key
