"""The sink: records of Kafka topics as documents in Elasticsearch. See ``README.md``."""
