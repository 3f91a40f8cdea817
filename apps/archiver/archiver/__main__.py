"""``python -m archiver``."""

from archiver.main import main

raise SystemExit(main())
