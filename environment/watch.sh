#!/usr/bin/env bash
# watch.sh SIGNAL PID: ends the program that the launcher started as PID if the launcher is killed
# outright. Standard input is a pipe whose other end only the launcher holds.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=environment/signal.sh
source "$here/signal.sh"
while read -r _; do :; done
if kill -0 "$2" 2>/dev/null; then signal_program "$1" "$2"; fi
