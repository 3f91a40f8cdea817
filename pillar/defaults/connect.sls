connect:
  port: 8083                    # REST, TLS with client certificates
  group_id: connect-central     # workers of one group share the connectors
  heap_mb: 1024                 # MiB, -Xmx of a worker
  config: {}                    # further worker properties, by Connect's own key
