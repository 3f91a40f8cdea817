"""The Kafka scheduler of a region, asked from outside: what brokers it is to run, and that it does."""
