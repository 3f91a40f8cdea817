# Groups of alike nodes in each region. A node is <group>-<index>.<region>.<environment>; a group's nodes take
# the region's zones in turn.
#   count   nodes; 0 or a group set to null: none
#   roles   what runs on them: kafka, connect, archive, objectstore, elasticsearch; zookeeper, mesos-master, marathon,
#           kafka-controller, mesos-agent (with kafka: it hosts brokers) where brokers are Mesos tasks
#   size    a key of `sizes`
#   zones   only these of the region's zones (default: all)
nodes:
  kafka: {count: 3, roles: [kafka], size: medium}
  services: {count: 1, roles: [archive], size: small}

# What a size has at least: heaps are checked against it. The local cloud limits a container to its memory; elsewhere
# the profile <provider>-<size> in cloud.profiles.d/ names the machine type.
#   cpus        cores
#   memory_mb   MiB
sizes:
  small: {cpus: 2, memory_mb: 4096}
  medium: {cpus: 4, memory_mb: 16384}
  large: {cpus: 8, memory_mb: 32768}
