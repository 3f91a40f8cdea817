# The search cluster of a region that has nodes with the role elasticsearch.
elasticsearch:
  ports:
    http: 9200
    transport: 9300
  data: /var/lib/meridian/elasticsearch   # indices, below /var/lib
  heap_mb: 4096                 # MiB, -Xms and -Xmx
