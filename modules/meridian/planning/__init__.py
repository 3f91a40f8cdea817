"""What differs between the pillar and the world, read two ways: what a deployment would do, and what drifted.

Pure: :mod:`meridian.edge.observe` looks at the world. :func:`compare` finds, :func:`plan` and :func:`drift` tell.
"""

from meridian.planning.comparison import compare
from meridian.planning.drift import Drift, drift
from meridian.planning.finding import Difference, Finding, Verdict
from meridian.planning.plan import Action, Cost, Plan, plan
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
    "drift",
    "plan",
]
