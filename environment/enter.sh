# shellcheck shell=bash disable=SC2154 # names are set by the launcher
# How to run a program in the chosen environment, and how to stop it in good order.

enter_environment() {
    export INTERGRAIN_CACHE=$cache INTERGRAIN_ENVIRONMENT=$environment
    INTERGRAIN_COMMIT=$(git -C "$here" describe --always --dirty --exclude='*' 2>/dev/null || true)
    export INTERGRAIN_COMMIT
    # One thread per rank: two BLAS threads on these small blocks are slower than one
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-${OPENBLAS_NUM_THREADS:-1}}
    export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-$OMP_NUM_THREADS}
    export MKL_NUM_THREADS=${MKL_NUM_THREADS:-$OMP_NUM_THREADS}
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    # More ranks than cores are the user's business
    export PRTE_MCA_rmaps_default_mapping_policy=${PRTE_MCA_rmaps_default_mapping_policy:-:oversubscribe}
    # A rank that waits gives way: on busy cores it would keep the one it waits for from working
    export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}
    export OMPI_MCA_rmaps_base_oversubscribe=${OMPI_MCA_rmaps_base_oversubscribe:-1}
    "enter_$environment"
}

enter_current() {
    export PYTHONPATH=$here${PYTHONPATH:+:$PYTHONPATH}    # DOLFINx itself may be found through it
    enter=(env)
}

enter_conda() {    # what "activate" does, for every tool alike
    unset PYTHONHOME VIRTUAL_ENV
    export CONDA_PREFIX=$cache/$conda_name.prefix PYTHONPATH=$here
    export PATH=$CONDA_PREFIX/bin:$PATH XDG_CACHE_HOME=$cache/$conda_name.compiled
    local script
    set +eu
    for script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do
        # shellcheck disable=SC1090
        [[ -r $script ]] && source "$script"
    done
    set -eu
    enter=(env)
}

enter_debian() {
    local root=$cache/$debian_name name folder
    enter=(bwrap
        --ro-bind "$root/usr" /usr --symlink usr/bin /bin --symlink usr/sbin /sbin
        --symlink usr/lib /lib --symlink usr/lib64 /lib64 --ro-bind "$root/etc" /etc
        --tmpfs /var --ro-bind "$root/var/lib" /var/lib --ro-bind "$root/var/cache" /var/cache
        --tmpfs /run --dev /dev --bind-try /dev/shm /dev/shm --proc /proc --ro-bind-try /sys /sys)
    for name in passwd group resolv.conf hosts; do
        if [[ -f $root/etc/$name && -r /etc/$name ]]; then
            enter+=(--ro-bind "/etc/$name" "/etc/$name")
        fi
    done
    # Everything that is the user's keeps its path. Binding the root at / would not let a
    # plain user reach a project in their own home.
    for folder in /*; do
        case $folder in
            /bin | /sbin | /lib* | /usr | /etc | /var | /run | /dev | /proc | /sys | /boot) ;;
            *)
                if [[ -L $folder ]]; then
                    enter+=(--symlink "$(readlink "$folder")" "$folder")
                elif [[ -d $folder ]]; then
                    enter+=(--bind-try "$folder" "$folder")
                fi ;;
        esac
    done
    for folder in "$HOME" "$here" "$cache" "$(pwd -P)"; do
        case $folder in
            /usr* | /etc*) die "$folder cannot be reached from the Debian root; use a home folder" ;;
            /var/* | /run/*) enter+=(--bind-try "$folder" "$folder") ;;
        esac
    done
    debian_variables
    enter+=(--chdir "$(pwd -P)" -- env --default-signal=INT)
}

debian_variables() {
    local name
    for name in PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV CONDA_PREFIX LD_LIBRARY_PATH LD_PRELOAD \
        CC CXX CPP CFLAGS CXXFLAGS CPPFLAGS LDFLAGS PETSC_DIR PETSC_ARCH SLEPC_DIR LANGUAGE; do
        enter+=(--unsetenv "$name")
    done
    case ${TMPDIR:-/tmp} in /var/* | /run/*) enter+=(--unsetenv TMPDIR) ;; esac
    enter+=(--setenv PATH /usr/bin:/usr/sbin --setenv LC_ALL C.UTF-8 --setenv PYTHONPATH "$here"
        --setenv XDG_CACHE_HOME "$cache/$debian_name.compiled"
        --setenv OMPI_MCA_btl "${OMPI_MCA_btl:-self,sm}")    # one machine: no network to warn about
}

# interactive COMMAND...: the terminal is the program's; Ctrl-C must not reach bubblewrap's monitor
interactive() {
    trap '' INT
    exec "${enter[@]}" "$@"
}

# signal_program SIGNAL: to the program itself. Under bubblewrap that is the monitor's child;
# the monitor would die of the signal and leave the program behind.
signal_program() {
    local target
    for _ in {1..10}; do
        target=$child
        [[ $environment != debian ]] || target=$(cat "/proc/$child/task/$child/children" 2>/dev/null)
        # shellcheck disable=SC2086 # a list of numbers
        [[ -n $target ]] && kill -"$1" $target 2>/dev/null && return 0
        sleep 0.1    # it has not started yet, or has just ended
    done
    return 0
}

# supervise SIGNAL_FOR_INT SIGNAL_FOR_TERM COMMAND...: run it, hand signals on, return its exit code.
# The second interrupt is not a request any more: the program gets SIGTERM.
supervise() {
    local on_interrupt=$1 on_terminate=$2 code
    shift 2
    interrupts=0 signalled=''
    # shellcheck disable=SC2317 # the traps call it
    hand_on() {
        signalled=yes interrupts=$((interrupts + 1))
        if ((interrupts > 1)); then signal_program TERM; else signal_program "$1"; fi
    }
    ( new_session "${enter[@]}" "$@" ) <&0 &
    child=$!
    trap 'hand_on "$on_interrupt"' INT
    trap 'hand_on "$on_terminate"' TERM HUP
    while :; do
        code=0 signalled=''
        wait "$child" || code=$?
        [[ -n $signalled ]] || break    # else it was the signal that ended the waiting
    done
    # SIGUSR2 before the program knew what to do with it
    if ((interrupts > 0 && code == 140)); then code=130; fi
    exit "$code"
}
