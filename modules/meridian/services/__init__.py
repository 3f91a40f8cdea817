"""One package per system of the platform: its client and the decisions about it, without Salt."""
