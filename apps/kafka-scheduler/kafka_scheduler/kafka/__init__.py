"""Kafka as a service on the core: what a broker wants, how it is launched, and when it may go down."""
