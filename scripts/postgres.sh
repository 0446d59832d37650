#!/usr/bin/env bash
# Sees to it that PostgreSQL's server programs are here, as far as that is ours to do.
# Its one rule: it adds and never changes, and never fails a run; where it cannot help it says
# what will be skipped.
set -uo pipefail

have_server() {
    command -v pg_ctl >/dev/null 2>&1 && command -v initdb >/dev/null 2>&1 && return
    local bin
    for bin in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
        [ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] && return
    done
    return 1
}

have_server && exit 0

if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
    echo "postgres: no server programs found; installing them with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    # The tests start a cluster of their own; Debian's default one would only hold a port.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.d/interlock.conf
    log=$(mktemp)
    # --no-upgrade: what this machine already has is not ours to change.
    if apt-get update >"$log" 2>&1 &&
        apt-get install --yes --no-install-recommends --no-upgrade postgresql >>"$log" 2>&1 &&
        have_server; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
fi

echo "postgres: no server programs (initdb, pg_ctl) here: what needs PostgreSQL is SKIPPED;" \
     "install the postgresql server package to run it"
