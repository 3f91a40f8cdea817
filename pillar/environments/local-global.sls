# `local` with all seven regions: 32 nodes, 24 brokers, about 18 GiB.
environment:
  extends: local
  regions: [us-east, us-west, eu-west, eu-central, ap-south, ap-northeast, sa-east, central]

verification:
  flights:
    origins: {EWR: us-east, JFK: eu-central, LGA: ap-northeast}
