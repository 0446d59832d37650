#!/usr/bin/env bash
# Sees to it that a browser and its driver are here, as far as that is ours to do.
# Its one rule: it adds and never changes, and never fails a run; where it cannot help it says
# what will be skipped.
set -uo pipefail

have_browser() {
    command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1
}

have_browser && exit 0

if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
    echo "browser: none found; installing chromium and its driver with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if apt-get update >"$log" 2>&1 &&
        apt-get install --yes --no-install-recommends --no-upgrade \
            chromium chromium-driver fonts-dejavu-core >>"$log" 2>&1 &&
        have_browser; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
fi

echo "browser: no chromium with chromedriver here: what needs a browser is SKIPPED;" \
     "install the chromium and chromium-driver packages to run it"
