# The scheduler of Elasticsearch as an app of Marathon, by any one of its servers.
{%- from "elasticsearch-scheduler/map.jinja" import scheduler with context %}

/elasticsearch-scheduler:
  marathon.app:
    - timeout: {{ scheduler.app_seconds }}
    - definition:
        cmd: exec /opt/meridian/kafka-scheduler/current/bin/kafka-scheduler elasticsearch scheduler /etc/meridian/elasticsearch-scheduler/scheduler.properties
        user: {{ scheduler.user }}
        cpus: {{ scheduler.scheduler_cpus }}
        mem: {{ scheduler.scheduler_mem_mb }}
        instances: {{ scheduler.instances }}
        # Where its settings and passwords are: on the hosts of nodes.
        constraints: [[hostname, UNIQUE], [role, LIKE, '.*elasticsearch.*']]
        # One port on every agent, so that its users know where to look for the one that leads.
        requirePorts: true
        portDefinitions:
          - {port: {{ scheduler.port }}, protocol: tcp, name: api}
        # Standing by is healthy too: the port is open, and /health answers 200 on the leader only.
        healthChecks:
          - {protocol: MESOS_TCP, portIndex: 0, gracePeriodSeconds: 60, intervalSeconds: 5, timeoutSeconds: 5, maxConsecutiveFailures: 3}
        # Its port is taken on every host: the old ones go before new ones come.
        upgradeStrategy: {minimumHealthCapacity: 0, maximumOverCapacity: 0}
