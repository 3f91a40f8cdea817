# Seven regions and the centre on Amazon EC2: 35 machines. Credentials and images: cloud.providers.d/aws.conf,
# cloud.profiles.d/aws.conf. `./meridian plan aws --offline` shows what it makes and costs without an account.
environment:
  provider: aws
  regions: [us-east, us-west, eu-west, eu-central, ap-south, ap-northeast, sa-east, central]
  central: central

# Security groups let these in, beside the platform's own nodes: the addresses that you deploy and verify from.
firewall:
  operator: []

# Runtime `mesos` comes with the schedulers; until then brokers are systemd units here too (kafka.runtime).
connect:
  heap_mb: 2048

overrides:
  central:
    # Everything flows in here.
    volumes:
      kafka: {data: {size_gb: 1000}}
      objectstore: {objects: {size_gb: 2000}}

verification:
  flights:
    origins: {EWR: us-east, JFK: eu-central, LGA: ap-northeast}
