"""The generator of the reference belongs to the documentation, not to the package under test."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "docs"))
