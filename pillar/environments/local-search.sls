# The centre's messages in a search cluster, on one machine (docs/elasticsearch.md); what comes to the centre comes
# from brokers with ZooKeeper, so that both are met in one deployment.
environment:
  extends: local-zookeeper

overrides:
  central:
    # Containers cannot raise the limits that Elasticsearch insists on.
    elasticsearch: {transport: proxy, serial_gc: true, heap_mb: 256}
    proxy: {enabled: true}
    nodes:
      elastic: {count: 3, roles: [elasticsearch], size: small}
