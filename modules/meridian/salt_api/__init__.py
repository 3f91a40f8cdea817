"""What imports Salt outside the loader folders: minions, events, the master, salt-cloud, pillar files."""
