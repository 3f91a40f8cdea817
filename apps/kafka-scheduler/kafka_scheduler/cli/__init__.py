"""Command line: asks the scheduler over its REST API."""
