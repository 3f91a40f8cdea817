"""What a deployment is, apart from Salt: its lock, and the reading of its result."""
