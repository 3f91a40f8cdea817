# The proxy on each node of a region whose brokers are Mesos tasks: fixed ports on 127.0.0.1, whoever serves now.
proxy:
  ports:
    zookeeper: 2181             # the ensemble, for clients that know no TLS
    scheduler: 17000            # the Kafka scheduler that leads
    marathon: 18443
    bootstrap: 19092            # bootstrap.servers of the region's brokers
