"""What differs between pillar and world, read two ways: what a deployment would do, and what drifted.

Pure: :mod:`meridian.operations.observe` looks, :func:`compare` finds, :func:`plan` and :func:`drift` tell.
"""

from meridian.plan.change import Change, ChangeKind, Difference
from meridian.plan.comparison import compare
from meridian.plan.drift import Drift, drift
from meridian.plan.observed import World
from meridian.plan.plan import Action, Cost, Plan, disagreement, objection, plan, read

__all__ = [
    "Action",
    "Change",
    "ChangeKind",
    "Cost",
    "Difference",
    "Drift",
    "Plan",
    "World",
    "compare",
    "disagreement",
    "drift",
    "objection",
    "plan",
    "read",
]
