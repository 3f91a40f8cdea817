"""Meridian: from nothing to a verified global Kafka platform in one command."""

__version__ = "0.1.0"
