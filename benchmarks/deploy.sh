#!/usr/bin/env bash
# How long a deployment takes: from nothing, warm, and with nothing to change. Run it in a clone of its own.
# benchmarks/deploy.sh [environment]      COLD=1 uses an empty cache of its own as well (minutes, 1.5 GB)
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
environment=${1:-local}

timed() {
    local name=$1 start=$SECONDS
    shift
    "$@" >/dev/null 2>"${TMPDIR:-/tmp}/meridian-benchmark.log" || {
        tail -n 20 "${TMPDIR:-/tmp}/meridian-benchmark.log" >&2
        exit 1
    }
    printf '%-44s %5s s\n' "$name" "$((SECONDS - start))"
}

if [[ -n ${COLD:-} ]]; then
    XDG_CACHE_HOME=$(mktemp -d)
    export XDG_CACHE_HOME UV_CACHE_DIR=$XDG_CACHE_HOME/uv GOMODCACHE=$XDG_CACHE_HOME/go-mod GOCACHE=$XDG_CACHE_HOME/go
    trap 'chmod -R u+w "$XDG_CACHE_HOME"; rm -rf "$XDG_CACHE_HOME"' EXIT
    rm -rf .platform/venv
    timed "$environment: from nothing, empty caches" ./meridian deploy "$environment"
    ./meridian destroy "$environment" --yes >/dev/null 2>&1
fi
timed "$environment: caches warm" ./meridian deploy "$environment"
timed "$environment: again, nothing to change" ./meridian deploy "$environment"
timed "$environment: full verification" ./meridian verify "$environment"
