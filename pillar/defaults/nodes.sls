# Groups of alike nodes in each region. A node is <group>-<index>.<region>.<environment>; a group's nodes take
# the region's zones in turn.
#   count   nodes; 0 or a group set to null: none
#   roles   what runs on them: kafka, connect, archive, objectstore
#   size    a key of `sizes`
#   zones   only these of the region's zones (default: all)
nodes:
  kafka: {count: 3, roles: [kafka], size: large}
  services: {count: 1, roles: [archive], size: medium}

# What a size means. The local cloud limits a container to its memory; elsewhere the profile <provider>-<size> in
# cloud.profiles.d/ names the machine type.
#   cpus        cores
#   memory_mb   MiB
sizes:
  small: {cpus: 1, memory_mb: 1024}
  medium: {cpus: 2, memory_mb: 2048}
  large: {cpus: 4, memory_mb: 8192}
