"""What a node is like, read on the node itself with the standard library alone, in one go.

Runs on nodes, so nothing here may import what only the controller has.
"""
