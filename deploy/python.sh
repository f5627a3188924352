#!/usr/bin/env bash
# A Python of 3.11 or later that can make virtual environments, or one plain sentence. Installs python3-venv as root.
set -euo pipefail

python=${PYTHON:-python3}

stop() {
    echo "$1" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    stop "Python 3.11 or later is needed and '$python' was not found: install it, or say where it is with PYTHON=..."
"$python" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' ||
    stop "Python 3.11 or later is needed and '$python' is older: say where a newer one is with PYTHON=..."
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        stop "'$python' cannot make virtual environments: install the package python3-venv, then run this again."
    fi
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3-venv
fi
