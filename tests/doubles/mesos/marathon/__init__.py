"""A double of Marathon 1.11: apps, groups and deployments as a framework on Mesos' v1 scheduler API.

It takes the flags and ``MARATHON_*`` variables of the real one (unknown ones are refused), elects its leader
in ZooKeeper and keeps its state there, serves the REST API v2 over https with basic authentication, and
launches real tasks through offers: on the double of Mesos beside it, or on a real one.

What it is not: pods, GPUs, resident apps with volumes, plugins, a web interface, statistics of tasks' lives.
Where Marathon writes its state as protobuf, this writes JSON.

It misbehaves on demand: ``POST /double``, see ``trouble.py``.
"""

VERSION = "1.11.26"
