#!/usr/bin/env bash
# build.sh debian|sid|conda TARGET [CONDA TOOL]: make the environment TARGET, once.
# Whoever comes second waits for the first one's lock, which the kernel frees when its holder dies.
# TARGET appears in one rename when it is complete.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=environment/common.sh
source "$here/common.sh"
kind=$1 target=$2 tool=${3-}
part=$target.part log=$target.log

lock() {    # macOS has no flock command, but its perl does the same on the same descriptor
    if have flock; then
        flock "$@" 9
    else
        perl -MFcntl=:flock -e 'open my $f, ">&=", 9 or die $!; exit !flock $f, eval shift' \
            "$([[ ${1-} == -n ]] && echo 'LOCK_EX|LOCK_NB' || echo LOCK_EX)"
    fi
}

hold_lock() {
    exec 9>"$target.lock"
    if ! lock -n; then
        say "another call is setting the environment up; waiting for it"
        lock
    fi
}

clear_away() {    # a root that was half unpacked can hold folders without write permission
    [[ -d $1 ]] || return 0
    chmod -R u+rwX "$1" 2>/dev/null || true
    rm -rf "$1"
}

step() { say "$(printf '%4d s  %s' "$SECONDS" "$1")"; }

report_progress() {    # keeps everything in the log, shows the steps and a count of packages
    local line unpacked=0 ready=0
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in
            "I: "*) step "${line#I: }" ;;
            "Unpacking "*) unpacked=$((unpacked + 1)); ((unpacked % 100)) || step "$unpacked unpacked" ;;
            "Setting up "*) ready=$((ready + 1)); ((ready % 100)) || step "$ready installed" ;;
        esac
    done >"$log"
}

debian_root() {    # root needs no user namespace; a user unpacks the root as files of their own
    local suite=$1
    shift
    local options=("$@" --variant=minbase --verbose --include="$(debian_packages "$here/debian.txt")"
        --aptopt='APT::Install-Recommends "false"'
        --dpkgopt=force-unsafe-io    # no disk need be waited for: half a root is thrown away
        --dpkgopt='path-exclude=/usr/share/doc/*'
        --dpkgopt='path-exclude=/usr/share/man/*'
        --dpkgopt='path-exclude=/usr/share/locale/*')
    if is_root; then
        mmdebstrap "${options[@]}" "$suite" "$part"
    else
        mkdir "$part" && mmdebstrap --mode=unshare "${options[@]}" "$suite" - |
            tar -x --no-same-owner --exclude='./dev/*' -C "$part"
    fi
}

build_debian() { build_root "Debian 13" trixie; }

build_sid() {    # its package lists are often past their date on mirrors
    build_root "Debian unstable" sid --aptopt='Acquire::Check-Valid-Until "false"'
}

build_root() {    # build_root NAME SUITE [OPTIONS OF MMDEBSTRAP]
    say "making a $1 root in $target: two to four minutes, 3.5 GB"
    shift
    local free_kb
    free_kb=$(df -Pk "$(dirname "$target")" | awk 'NR == 2 { print $4 }')
    ((free_kb > 4500000)) || die "only $((free_kb / 1000)) MB are free there; 4500 MB are needed"
    if ! debian_root "$@" 2>&1 | report_progress; then
        tail -n 20 "$log" >&2
        die "mmdebstrap failed; all it said is in $log"
    fi
}

build_conda() {    # a conda environment knows its own path, so the rename is of a note beside it
    local prefix=$target.prefix file=${here%/*}/environment.yml
    say "making a conda environment in $prefix with $tool"
    export CONDA_ALWAYS_YES=true MAMBA_ALWAYS_YES=true
    clear_away "$prefix"
    case ${tool##*/} in
        pixi)
            clear_away "$prefix.pixi"
            "$tool" init --import "$file" "$prefix.pixi" &&
                "$tool" install --manifest-path "$prefix.pixi/pixi.toml" &&
                ln -sfn "$prefix.pixi/.pixi/envs/default" "$prefix" ;;
        micromamba) "$tool" create --prefix "$prefix" --file "$file" ;;
        *) "$tool" env create --prefix "$prefix" --file "$file" ;;
    esac >&2 || die "$tool could not make the environment"
    mkdir "$part"
}

hold_lock
[[ ! -d $target ]] || exit 0
clear_away "$part"
trap 'clear_away "$part"' EXIT
trap 'exit 143' TERM INT HUP
"build_$kind"
mv "$part" "$target"
say "environment ready after $SECONDS s: $target"
find "${target%/*}" -maxdepth 1 -type d -name "$kind-*" ! -path "$target*" |
    while IFS= read -r older; do say "not used by this version, can be removed: $older"; done
