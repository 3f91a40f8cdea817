# Disks for data, by role and a name of your choice; a node has those of all its roles. They are formatted when
# they are empty, and never again.
#   size_gb   GiB
#   type      a key of `volume_types`, or the provider's own name of a kind of disk
#   mount     absolute path, or the setting that holds it
volumes:
  kafka:
    data: {size_gb: 200, type: ssd, mount: kafka.data}
  zookeeper:
    data: {size_gb: 20, type: ssd, mount: zookeeper.data}
  mesos-agent:
    data: {size_gb: 200, type: ssd, mount: mesos.data}
  elasticsearch:
    data: {size_gb: 200, type: ssd, mount: elasticsearch.data}
  objectstore:
    objects: {size_gb: 500, type: ssd, mount: objectstore.directory}

# What providers, by libcloud's name, call a kind of disk. One that is not named here makes what it makes by default.
volume_types:
  ssd: {ec2: gp3, gce: pd-ssd, azure_arm: Premium_LRS}
  hdd: {ec2: st1, gce: pd-standard, azure_arm: Standard_LRS}
