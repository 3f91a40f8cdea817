"""Elasticsearch as a second service on the core, by a scheduler of its own."""
