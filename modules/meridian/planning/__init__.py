"""What differs between pillar and world, read two ways: what a deployment would do, and what drifted.

Pure: :mod:`meridian.edge.observe` looks, :func:`compare` finds, :func:`plan` and :func:`drift` tell.
"""

from meridian.planning.comparison import compare
from meridian.planning.drift import Drift, drift
from meridian.planning.finding import Difference, Finding, Verdict
from meridian.planning.plan import Action, Cost, Plan, disagreement, objection, plan, read
from meridian.planning.world import World

__all__ = [
    "Action",
    "Cost",
    "Difference",
    "Drift",
    "Finding",
    "Plan",
    "Verdict",
    "World",
    "compare",
    "disagreement",
    "drift",
    "objection",
    "plan",
    "read",
]
