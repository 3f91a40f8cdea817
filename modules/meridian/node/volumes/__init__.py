"""Disks for data: found, formatted once when they are empty, mounted by UUID. Runs on nodes, with the
standard library alone.

:func:`read.devices` looks, :func:`decide.decide` decides without touching anything, :mod:`act` does it.
"""
