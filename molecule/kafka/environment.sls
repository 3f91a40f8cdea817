# One broker that is its own quorum: what of the platform is needed to apply one formula to one machine.
environment: {provider: local, regions: [central], central: central}
kafka:
  allow_low_replication: true
  config:
    default.replication.factor: 1
    min.insync.replicas: 1
    offsets.topic.replication.factor: 1
    share.coordinator.state.topic.replication.factor: 1
    share.coordinator.state.topic.min.isr: 1
    transaction.state.log.replication.factor: 1
    transaction.state.log.min.isr: 1
overrides:
  central:
    nodes:
      kafka: {count: 1, roles: [kafka], size: medium}
verification:
  flights:
    origins: {EWR: central, JFK: central, LGA: central}
