"""``python -m kafka_scheduler``."""

from kafka_scheduler.main import main

raise SystemExit(main())
