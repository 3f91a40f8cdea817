"""Kafka Connect's REST interface: connectors, their state, their offsets."""
