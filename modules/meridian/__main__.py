"""``python -m meridian``: what the launcher hands over to."""

from meridian.cli.main import main

raise SystemExit(main())
