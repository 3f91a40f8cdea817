# A host of brokers that are Mesos tasks: where they note what they have read. It is gone when the machine restarts,
# as they are.
/etc/tmpfiles.d/meridian-kafka.conf:
  file.managed:
    - contents: d /run/meridian-kafka 0750 kafka kafka
    - mode: '0644'

/run/meridian-kafka:
  file.directory:
    - user: kafka
    - group: kafka
    - mode: '0750'
    - require:
      - user: Kafka's user
