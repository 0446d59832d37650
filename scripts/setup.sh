#!/usr/bin/env bash
# Makes .venv from nothing but Python >= 3.11: every package pinned by hash, nothing built unpinned.
# Its one rule: what is installed is requirements.lock, no more and no less.
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=.venv
LOCK=requirements.lock

# A distribution may ship python3 without venv or pip, so each candidate is asked for both.
usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python /usr/bin/python3; do
        if usable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    {
        echo "setup: no Python 3.11 or newer with the venv module was found;" \
             "$(python3 --version 2>/dev/null || echo 'python3 is not installed')."
        echo "setup: install one (on Debian: apt-get install python3 python3-venv)" \
             "or name it: make PYTHON=/path/to/python3.11"
    } >&2
    exit 1
}

# The lock's own block for uv: its pin and its hashes.
uv_pin() {
    awk '/^uv==/ {inside = 1} inside {print} inside && !/\\$/ {exit}' "$LOCK"
}

if ! usable "$VENV/bin/python"; then
    python=$(find_python)
    echo "setup: making $VENV with $("$python" --version)"
    "$python" -m venv --clear "$VENV"
fi

if ! "$VENV/bin/uv" --version 2>/dev/null | grep -qF "$(uv_pin | sed -nE 's/^uv==([^ ;]+).*/\1/p')"; then
    uv_pin > "$VENV/uv.lock.txt"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
        --require-hashes --requirement "$VENV/uv.lock.txt"
fi

export VIRTUAL_ENV="$PWD/$VENV"
export UV_LINK_MODE="${UV_LINK_MODE:-copy}"
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" # a company's own certificates are the machine's
echo "setup: installing $(grep -c '^[a-z0-9].*==' "$LOCK") pinned packages"
# Compiled now, or every start of a command would compile thousands of files where none may be written.
"$VENV/bin/uv" pip sync --quiet --compile-bytecode --require-hashes "$LOCK" || {
    echo "setup: uv could not fetch them here; trying pip, which knows this machine's own settings"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
        --require-hashes --requirement "$LOCK"
}
# The build back end is in the lock, so isolation (which would fetch an unpinned one) is off.
"$VENV/bin/uv" pip install --quiet --no-deps --no-build-isolation --editable .
echo "setup: done"
