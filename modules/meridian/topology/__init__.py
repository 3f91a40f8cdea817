"""Pillar to regions, nodes, endpoints and flows. Pure; the only reader of raw pillar.

:func:`expand` makes a :class:`Topology` of :class:`Layers`; :func:`node_pillar` cuts a node's slice out.
"""

from meridian.topology.addressing import LocalNetwork
from meridian.topology.expand import expand
from meridian.topology.layers import Layers, Source
from meridian.topology.model import Addresses, Flow, Node, PortRule, Region, Topology, Volume
from meridian.topology.problems import Problem, TopologyError
from meridian.topology.slices import cluster_id, node_pillar

__all__ = [
    "Addresses",
    "Flow",
    "Layers",
    "LocalNetwork",
    "Node",
    "PortRule",
    "Problem",
    "Region",
    "Source",
    "Topology",
    "TopologyError",
    "Volume",
    "cluster_id",
    "expand",
    "node_pillar",
]
