# The proxy on each node of a region: fixed ports on 127.0.0.1, whoever serves now.
proxy:
  enabled: auto                 # true, false, or auto: where brokers are Mesos tasks
  ports:
    zookeeper: 2181             # the ensemble, for clients that know no TLS
    scheduler: 17000            # the Kafka scheduler that leads
    marathon: 18443
    bootstrap: 19092            # bootstrap.servers of the region's brokers
    external: 19094             # the same for clients elsewhere, on the region's nodes with the role kafka
    metrics: 18404              # of the proxy itself, for Prometheus
