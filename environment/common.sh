# shellcheck shell=bash
# Small words shared by the launcher and the builder.

say() { printf 'intergrain: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [[ $(id -u) == 0 ]]; }

# hash_of FILE: twelve hex digits that change when its lines do, comments and blanks left out
hash_of() {
    local digest=(sha256sum)
    have sha256sum || digest=(shasum -a 256)
    sed 's/[[:space:]]*#.*//; /^[[:space:]]*$/d' "$1" | "${digest[@]}" | cut -c 1-12
}

# The package names in environment/debian.txt, separated by commas
debian_packages() { sed 's/[[:space:]]*#.*//; /^[[:space:]]*$/d' "$1" | paste -sd, -; }

# new_session COMMAND...: become COMMAND in a session of its own, which the terminal's Ctrl-C
# does not reach, and in which SIGINT works although it was started in the background
new_session() {
    if have setsid; then
        exec setsid env --default-signal=INT,QUIT "$@"
    fi
    exec perl -MPOSIX=setsid -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; setsid; exec @ARGV' -- "$@"
}
