#!/bin/sh
# Runs the Kafka archive that Mesos fetched, for trials without a launcher on the agents: any Kafka of 3.x or
# 4.x, in KRaft mode when the options name a controller quorum.
set -eu
home=$(ls -d kafka*/bin 2>/dev/null | head -n 1)
home=${home%/bin}
if [ -z "$home" ]; then
  echo "no Kafka archive was fetched: start the scheduler with --archive or --launcher" >&2
  exit 1
fi
if [ -d jre ]; then export JAVA_HOME="$PWD/jre"; fi
# A name or address, a pattern (192.168.50.*) or an interface (if:eth1).
address() {
  case "$1" in
    if:*) ip -4 -o address show dev "${1#if:}" | sed -n 's|.* inet \([^/ ]*\).*|\1|p' | head -n 1 ;;
    *\**) for one in $(hostname -I); do case "$one" in $1) echo "$one"; break ;; esac; done ;;
    *) echo "$1" ;;
  esac
}
bind=$(address "${KAFKA_BIND_ADDRESS:-}")
if [ -n "${KAFKA_BIND_ADDRESS:-}" ] && [ -z "$bind" ]; then
  echo "this host has no address $KAFKA_BIND_ADDRESS (--bind-address)" >&2
  exit 1
fi
dirs=; old_ifs=$IFS; IFS=,
for one in $KAFKA_DATA; do mkdir -p "$one/log"; dirs="$dirs${dirs:+,}$PWD/$one/log"; done
IFS=$old_ifs
host=${KAFKA_ADVERTISED_HOST:-$(hostname)}
grep -v '^cluster.id=' > server.properties <<END || true
$KAFKA_OPTIONS
END
# The last line of a key counts.
{
  echo "broker.id=$KAFKA_BROKER_ID"
  echo "log.dirs=$dirs"
  if ! grep -q '^listeners=' server.properties; then
    echo "listeners=INTERNAL://$bind:$KAFKA_PORT_INTERNAL"
    echo "advertised.listeners=INTERNAL://$host:$KAFKA_PORT_INTERNAL"
    echo "inter.broker.listener.name=INTERNAL"
    grep -q '^listener.security.protocol.map=' server.properties ||
      echo "listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"
  fi
} >> server.properties
if grep -q '^controller.quorum' server.properties; then
  sed -i '/^broker.id=/d' server.properties
  printf 'process.roles=broker\nnode.id=%s\n' "$KAFKA_BROKER_ID" >> server.properties
  grep -q '^controller.listener.names=' server.properties ||
    echo "controller.listener.names=CONTROLLER" >> server.properties
  cluster=$(printf '%s\n' "$KAFKA_OPTIONS" | sed -n 's/^cluster.id=//p')
  "$home/bin/kafka-storage.sh" format --ignore-formatted --cluster-id "$cluster" --config server.properties
fi
if [ -n "${KAFKA_LOG4J_OPTIONS:-}" ]; then
  printf '%s\n' "$KAFKA_LOG4J_OPTIONS" >> "$home/config/log4j.properties"
fi
export LOG_DIR="$PWD" KAFKA_HEAP_OPTS="-Xmx${KAFKA_HEAP_MB}m" KAFKA_OPTS="${KAFKA_JVM_OPTIONS:-}"
exec "$home/bin/kafka-server-start.sh" server.properties
