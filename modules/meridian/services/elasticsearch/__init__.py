"""Elasticsearch of a region: `client` speaks with it, `access` says where it is and as whom.

`health`, `roll`, `templates` and `repositories` are what is decided about it; `node` is what one of its nodes
reads when it starts. The service that indexes messages is ``apps/elasticsearch-sink``; it uses `access` and
`client`.
"""
