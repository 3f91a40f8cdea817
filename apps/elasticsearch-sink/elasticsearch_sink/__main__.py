"""``python -m elasticsearch_sink``."""

from elasticsearch_sink.main import main

raise SystemExit(main())
