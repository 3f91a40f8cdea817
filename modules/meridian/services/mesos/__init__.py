"""Mesos clusters: who leads, what runs where, maintenance, draining, what an agent can isolate. No Salt."""
