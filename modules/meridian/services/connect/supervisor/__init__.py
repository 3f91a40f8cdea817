"""The supervisor beside each Connect worker: it restarts what failed there while the cause may pass.

Only the standard library is needed: it runs under the node's own Python.
"""
