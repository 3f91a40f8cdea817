"""The Mesos v1 scheduler API over HTTP, without a native library."""
