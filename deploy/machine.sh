#!/usr/bin/env bash
# What the tests need on a Debian or Ubuntu machine beside Python: a PostgreSQL server, Chromium and wide-ranging fonts.
# Of Chromium the part without windows is enough, and quicker; where there is no such package it is the whole.
# As root it installs what is missing; otherwise it stops and names it. `make run` needs none of this.
set -euo pipefail

postgresql_found() {
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

chromium_found() {
    command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null ||
        command -v chromium-browser >/dev/null
}

fonts_found() {
    compgen -G '/usr/share/fonts/truetype/noto/NotoSans-Regular.*' >/dev/null
}

missing=()
postgresql_found || missing+=(postgresql)
chromium_found || missing+=(chromium-headless-shell)
fonts_found || missing+=(fonts-noto-core)

if [ "${#missing[@]}" -eq 0 ]; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    named="${missing[*]/chromium-headless-shell/chromium-headless-shell (or chromium)}"
    echo "The tests need these packages, which this machine lacks: $named. Install them, then run this again." >&2
    exit 1
fi
echo "Installing what the tests need: ${missing[*]}"
apt-get update -q
if ! apt-cache show chromium-headless-shell >/dev/null 2>&1; then
    missing=("${missing[@]/chromium-headless-shell/chromium}")
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
