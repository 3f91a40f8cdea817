# What nodes let in from outside; everything else is closed. Providers that have firewalls of their own (security
# groups) are given these rules; on all others nftables on the node holds them.
#   on_node    nftables on the node: true, false, or auto: where the provider has no firewall that we can set
#   operator   CIDRs of the machines that you deploy and verify from; with none, nobody but nodes gets in
#   open       by role (`node`: every node) and a name of your choice:
#     port       a number, or the setting that holds it
#     protocol   tcp (default) or udp
#     sources    region: nodes of the same region; platform: nodes of all regions; operator
firewall:
  on_node: auto
  operator: []
  open:
    node:
      ssh: {port: 22, sources: [operator]}
    kafka:
      internal: {port: kafka.ports.internal, sources: [region]}
      controller: {port: kafka.ports.controller, sources: [region]}
      external: {port: kafka.ports.external, sources: [platform, operator]}
    connect:
      rest: {port: connect.port, sources: [region, operator]}
    kafka-controller:
      controller: {port: kafka.ports.controller, sources: [region]}
    zookeeper:
      client: {port: zookeeper.ports.client, sources: [region]}
      quorum: {port: zookeeper.ports.quorum, sources: [region]}
      election: {port: zookeeper.ports.election, sources: [region]}
    mesos-master:
      api: {port: mesos.ports.master, sources: [region, operator]}
    mesos-agent:
      api: {port: mesos.ports.agent, sources: [region, operator]}
      scheduler: {port: kafka_scheduler.port, sources: [region, operator]}
      search: {port: elasticsearch_scheduler.port, sources: [region, operator]}
      bootstrap: {port: proxy.ports.external, sources: [platform, operator]}
    marathon:
      api: {port: marathon.port, sources: [region, operator]}
      driver: {port: marathon.driver.port, sources: [region]}
    elasticsearch:
      http: {port: elasticsearch.ports.http, sources: [region, operator]}
      transport: {port: elasticsearch.ports.transport, sources: [region]}
    objectstore:
      s3: {port: objectstore.port, sources: [platform, operator]}
