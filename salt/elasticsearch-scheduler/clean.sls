# Remove the scheduler's settings from an agent. The app itself is Marathon's: `salt-call marathon.app_absent`.
/etc/meridian/elasticsearch-scheduler:
  file.absent
