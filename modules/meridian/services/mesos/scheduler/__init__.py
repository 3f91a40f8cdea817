"""The schedulers of a region, asked from outside: what brokers or nodes they are to run, and that they do."""
