"""Proof that the platform works: every node asserted, real messages followed and counted."""

from meridian.verification.result import Result, Row
from meridian.verification.run import run_full, run_short

__all__ = ["Result", "Row", "run_full", "run_short"]
