"""What differs between pillar and world, read two ways: what a deployment would do, and what drifted.

Pure: :mod:`meridian.operations.observe` looks, :func:`compare` finds, :func:`plan` and :func:`drift` tell.
"""

from meridian.plan.change import Difference, Finding, Verdict
from meridian.plan.comparison import compare
from meridian.plan.drift import Drift, drift
from meridian.plan.observed import World
from meridian.plan.plan import Action, Cost, Plan, disagreement, objection, plan, read

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
