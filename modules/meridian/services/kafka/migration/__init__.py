"""Moving a cluster's brokers, to another runtime or to other nodes, without losing a message."""
