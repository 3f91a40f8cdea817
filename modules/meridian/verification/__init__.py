"""Proof that the platform works: every node asserted, real messages followed and counted.

`run` is where to begin: the short verification and the full one.
"""
