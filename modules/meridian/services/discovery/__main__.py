"""``python -m meridian.services.discovery``."""

from meridian.services.discovery.main import main

raise SystemExit(main())
