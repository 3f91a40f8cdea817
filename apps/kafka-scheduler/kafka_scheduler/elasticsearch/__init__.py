"""Elasticsearch as a second service on the core: so many nodes, each on a host of its own, from a file.

There is no REST: the file says what is wanted, and a scheduler that is started again with another file adds
nodes, and restarts those that are to be different one after the other while the cluster is green.
"""
