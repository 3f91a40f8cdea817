"""The node's own firewall: what is in effect, and what its file would put into effect. Runs on nodes."""
