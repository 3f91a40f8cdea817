"""Kafka: clients, topics, rolls, reassignments, and the pure decisions about them."""
