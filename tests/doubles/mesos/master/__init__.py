"""mesos-master."""
