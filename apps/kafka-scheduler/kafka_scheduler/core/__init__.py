"""The core for stateful services: pure decisions over immutable data. It knows nothing of Kafka."""
