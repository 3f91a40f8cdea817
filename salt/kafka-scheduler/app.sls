# The scheduler as an app of Marathon, by any one of its servers.
{%- from "kafka-scheduler/map.jinja" import scheduler with context %}

/kafka-scheduler:
  marathon.app:
    - timeout: {{ scheduler.app_seconds }}
    - definition:
        cmd: exec /opt/meridian/kafka-scheduler/current/bin/kafka-scheduler scheduler /etc/meridian/kafka-scheduler/scheduler.properties
        user: {{ scheduler.user }}
        cpus: {{ scheduler.scheduler_cpus }}
        mem: {{ scheduler.scheduler_mem_mb }}
        instances: {{ scheduler.instances }}
        # Where its settings and passwords are: on the brokers' hosts.
        constraints: [[hostname, UNIQUE], [role, LIKE, '.*kafka.*']]
        # One port on every agent, so that the proxies know where to look for the one that leads.
        requirePorts: true
        portDefinitions:
          - {port: {{ scheduler.port }}, protocol: tcp, name: api}
        # Standing by is healthy too: the port is open, and /health answers 200 on the leader only.
        healthChecks:
          - {protocol: MESOS_TCP, portIndex: 0, gracePeriodSeconds: 60, intervalSeconds: 5, timeoutSeconds: 5, maxConsecutiveFailures: 3}
        # A new version stands by before the old one goes.
        upgradeStrategy: {minimumHealthCapacity: 0, maximumOverCapacity: 0}
