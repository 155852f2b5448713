# shellcheck shell=bash disable=SC2154 # names are set by the launcher
# The words and variables that put a program into the chosen environment.

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
    export OMPI_MCA_rmaps_base_oversubscribe=${OMPI_MCA_rmaps_base_oversubscribe:-1}
    case $environment in
        debian | sid) enter_root ;;
        *) "enter_$environment" ;;
    esac
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

enter_root() {
    local name folder
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
    root_variables
    enter+=(--chdir "$(pwd -P)" -- env --default-signal=INT)
}

root_variables() {
    local name
    for name in PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV CONDA_PREFIX LD_LIBRARY_PATH LD_PRELOAD \
        CC CXX CPP CFLAGS CXXFLAGS CPPFLAGS LDFLAGS PETSC_DIR PETSC_ARCH SLEPC_DIR LANGUAGE; do
        enter+=(--unsetenv "$name")
    done
    case ${TMPDIR:-/tmp} in /var/* | /run/*) enter+=(--unsetenv TMPDIR) ;; esac
    enter+=(--setenv PATH /usr/bin:/usr/sbin --setenv LC_ALL C.UTF-8 --setenv PYTHONPATH "$here"
        --setenv XDG_CACHE_HOME "$root.compiled"
        --setenv OMPI_MCA_btl "${OMPI_MCA_btl:-self,sm}")    # one machine: no network to warn about
}
