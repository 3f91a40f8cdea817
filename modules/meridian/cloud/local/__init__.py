"""The local cloud: machines that are containers with systemd, on a Docker engine."""
