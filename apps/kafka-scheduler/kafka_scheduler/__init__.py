"""The Kafka scheduler: brokers as tasks of Apache Mesos. See ``README.md``.

Libraries: the standard library's ``http.client`` speaks to Mesos and ``http.server`` (threads, TLS) serves
REST, as a process of 80 MiB has no room for a web framework; besides these kazoo (ZooKeeper) and
confluent-kafka. One thread, the engine's, changes state; all others read a snapshot or hand it a command.
"""
