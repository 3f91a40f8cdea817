# The server belongs to a quorum, has caught up with the leader, and serves clients. Changes nothing.
{%- from "zookeeper/map.jinja" import zookeeper with context %}

ZooKeeper server:
  zookeeper.ready:
    - seconds: {{ zookeeper.check_seconds }}
