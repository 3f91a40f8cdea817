"""mesos-agent."""
