# The settings of the scheduler are here; whether one leads is what `salt-run scheduler.search` waits for.
/etc/meridian/elasticsearch-scheduler/scheduler.properties:
  file.exists
