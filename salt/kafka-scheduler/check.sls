# The settings of the scheduler are here; whether one leads is what `salt-run scheduler.place` waits for.
/etc/meridian/kafka-scheduler/scheduler.properties:
  file.exists
