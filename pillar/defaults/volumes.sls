# Disks for data, by role and a name of your choice; a node has those of all its roles. They are formatted when
# they are empty, and never again.
#   size_gb   GiB
#   type      ssd, hdd, or the provider's own name of a kind of disk
#   mount     absolute path, or the setting that holds it
volumes:
  kafka:
    data: {size_gb: 200, type: ssd, mount: kafka.data}
  objectstore:
    objects: {size_gb: 500, type: ssd, mount: objectstore.directory}
