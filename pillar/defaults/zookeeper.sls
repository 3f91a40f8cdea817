# The ensemble of a region that has nodes with the role zookeeper: three or five.
zookeeper:
  ports:
    client: 2281                # TLS, by certificate
    quorum: 2888                # followers to leader
    election: 3888
  data: /var/lib/meridian/zookeeper   # snapshots and transaction logs, below /var/lib
  heap_mb: 512                  # MiB, -Xmx
