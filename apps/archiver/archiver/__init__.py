"""The archiver: a region's Kafka topics into Parquet segments in an object store. See ``README.md``."""
