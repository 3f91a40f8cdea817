kafka:
  version: "4.3.1"
  # Where metadata are. kraft: in a quorum of Kafka's own, of the brokers themselves or of controllers beside them;
  # version 4.x. zookeeper: in the ensemble of the region's nodes with the role zookeeper; version 3.9.x.
  mode: kraft
  # systemd: a unit on each node. mesos: tasks of our scheduler on agents that have the role kafka; the quorum is
  # that of the nodes with the role kafka-controller.
  runtime: systemd
  ports:
    internal: 9092              # brokers and clients of the region itself
    controller: 9093            # KRaft quorum
    external: 9094              # clients elsewhere: mirrors, operators
  ids:                          # first node.id of each kind; never the same for two, even one after the other
    brokers: 1
    controllers: 1001           # of nodes with the role kafka-controller
  data: /var/lib/meridian/kafka # folder of the log segments, below /var/lib
  heap_mb: 4096                 # MiB, -Xms and -Xmx of a broker
  serial_gc: false              # true: SerialGC instead of G1; quicker to start and leaner on small machines
  # Less than three replicas, or less than a zone for each, is refused unless a region says here it is meant.
  allow_low_replication: false
  config: {}                    # further server.properties of every broker, by Kafka's own key
