# Seven regions and the centre on Amazon EC2: 62 machines. Credentials and images: cloud.providers.d/aws.conf,
# cloud.profiles.d/aws.conf. `./meridian plan aws --offline` shows what it makes and costs without an account.
environment:
  provider: aws
  regions: [us-east, us-west, eu-west, eu-central, ap-south, ap-northeast, sa-east, central]
  central: central

# Security groups let these in, beside the platform's own nodes: the addresses that you deploy and verify from.
firewall:
  operator: []

# Brokers are tasks of Mesos: of clusterd's packages, and a Marathon that MERIDIAN_MARATHON_ARTIFACT names
# (docs/mesos.md). Without Mesos: no masters, `kafka: {runtime: systemd}`, nodes.kafka with the role kafka alone.
mesos:
  source: package
kafka:
  runtime: mesos
nodes:
  masters: {count: 3, roles: [zookeeper, mesos-master, marathon, kafka-controller], size: medium}
  kafka: {roles: [mesos-agent, kafka]}
connect:
  heap_mb: 2048

overrides:
  central:
    # Everything flows in here, and is searched here.
    volumes:
      mesos-agent: {data: {size_gb: 1000}}
      objectstore: {objects: {size_gb: 2000}}
    kafka_scheduler: {volume_mb: 921600}
    elasticsearch: {runtime: mesos}
    elasticsearch_scheduler: {volume_mb: 921600}
    nodes:
      elastic: {count: 3, roles: [mesos-agent, elasticsearch], size: medium}

verification:
  flights:
    origins: {EWR: us-east, JFK: eu-central, LGA: ap-northeast}
