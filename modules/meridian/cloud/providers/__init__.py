"""Compute providers of libcloud behind one interface: :class:`meridian.cloud.providers.base.Adapter`.

One small file per provider holds what differs there, and nothing else; a provider without a file works as far
as libcloud is uniform. :mod:`meridian.cloud.providers.table` lists all.
"""
