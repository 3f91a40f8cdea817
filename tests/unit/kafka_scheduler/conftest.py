"""The scheduler is an application of its own, not part of the package that tests usually import."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "apps" / "kafka-scheduler"))
