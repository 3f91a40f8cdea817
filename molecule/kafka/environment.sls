# One broker that is its own quorum: what of the platform is needed to apply one formula to one machine.
environment: {provider: local, regions: [central], central: central}
kafka: {allow_low_replication: true}
overrides:
  central:
    nodes:
      kafka: {count: 1, roles: [kafka], size: medium}
verification:
  flights:
    origins: {EWR: central, JFK: central, LGA: central}
