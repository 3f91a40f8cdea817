# `local` with all seven regions: 32 nodes, 24 brokers, about 10 GiB.
environment:
  extends: local
  regions: [us-east, us-west, eu-west, eu-central, ap-south, ap-northeast, sa-east, central]

# Seven flows' tasks on three workers.
connect:
  heap_mb: 640
flows:
  central: {tasks_max: 1}

verification:
  flights:
    origins: {EWR: us-east, JFK: eu-central, LGA: ap-northeast}
