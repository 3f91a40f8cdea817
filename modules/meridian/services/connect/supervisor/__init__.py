"""The supervisor beside each Connect worker: what failed there is restarted, for as long as its cause may pass.

Only the standard library is needed: it runs under the node's own Python.
"""
