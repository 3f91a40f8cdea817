"""A double of Apache Mesos (clusterd): mesos-master and mesos-agent for machines that have no Mesos.

It stands for the v1 HTTP APIs of Mesos 1.11 as a framework, an operator and a task see them, and it really
launches and kills processes. What it speaks: the scheduler API with RecordIO, the operator API, the older
read-only endpoints, files of sandboxes, leader election in ZooKeeper, TLS by ``LIBPROCESS_SSL_*``, HTTP basic
authentication, ACLs; flags and ``MESOS_*`` variables of the real programs, unknown ones refused.

What it is not: a resource isolator (cpus and memory are accounted, never enforced), a host of executors (it
has the command executor and the default executor built in, and no executor API), a libmesos. Masters and
agents speak a protocol of their own below ``/double``, and the registry of a cluster lies in ZooKeeper
instead of a replicated log; the number of masters alive decides whether there is a quorum. JSON only, no
protobuf.

It misbehaves on demand: ``POST /double`` on a master or an agent, see ``trouble.py`` of each.
"""

VERSION = "1.11.0"
