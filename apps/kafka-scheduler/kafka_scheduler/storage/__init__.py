"""Where the state is kept: ZooKeeper, or a file for trials."""
