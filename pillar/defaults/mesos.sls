# Masters and agents of a region that has nodes with the roles mesos-master and mesos-agent.
mesos:
  ports:
    master: 5050
    agent: 5051
  data: /var/lib/meridian/mesos # work folders: replicated log, sandboxes, persistent volumes; below /var/lib
  agent:
    work_dir_percent: 95 # an agent's work dir that is fuller than this fails checks, status and verification
