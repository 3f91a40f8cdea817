"""``python -m meridian.discovery``."""

from meridian.discovery.main import main

raise SystemExit(main())
