# shellcheck shell=bash disable=SC2154 # names are set by the launcher
# Which environment: the Python at hand if it suffices, else conda, else a Debian 13 root.
# A root of Debian unstable, with the newest DOLFINx, is made only when asked for by name.

debian_list=$here/environment/debian.txt
debian_tools="mmdebstrap bubblewrap uidmap debian-archive-keyring"

# Why the Python on the PATH will not do; prints nothing when it will
current_lacks() {
    have python3 || { echo "there is no python3"; return; }
    python3 - <<'PY' 2>/dev/null || echo "python3 could not be asked"
import importlib.util
import sys


def missing(name):
    try:
        return importlib.util.find_spec(name) is None
    except ImportError:
        return True


needed = """dolfinx petsc4py mpi4py gmsh meshio scipy h5py ruamel.yaml pydantic pint rich
            matplotlib pyvista""".split()
lacking = [name for name in needed if missing(name)]
if "dolfinx" in lacking:
    print("python3 has no DOLFINx")
elif sys.version_info < (3, 11):
    print("python3 is older than 3.11")
elif lacking:
    print("python3 has DOLFINx, but lacks " + ", ".join(lacking))
else:
    try:
        import dolfinx
    except Exception as error:
        print(f"python3 cannot import DOLFINx: {error}")
    else:
        version = tuple(int(part) for part in dolfinx.__version__.split(".")[:2])
        if not (0, 9) <= version < (0, 12):
            print(f"DOLFINx {dolfinx.__version__} is not between 0.9 and 0.11")
PY
}

conda_tool() {
    local tool
    for tool in micromamba mamba conda pixi "${MAMBA_EXE:-}" "${CONDA_EXE:-}"; do
        if [[ -n $tool ]] && have "$tool"; then command -v "$tool"; return; fi
    done
}

# Why no Debian root can be made or entered here; prints nothing when it can
debian_lacks() {
    [[ $(uname) == Linux ]] || { echo "this is not Linux"; return; }
    if ! have bwrap || { ! have mmdebstrap && [[ ! -d $root ]]; }; then
        if ! is_root; then
            echo "mmdebstrap and bubblewrap are missing; ask an administrator for:" \
                "apt-get install $debian_tools"
        elif ! have apt-get; then
            echo "mmdebstrap and bubblewrap are missing, and apt-get to install them with, too"
        fi
        return
    fi
    [[ -d $root ]] && return
    local trouble
    if ! trouble=$(bwrap --ro-bind / / --dev /dev --proc /proc -- true 2>&1); then
        echo "bubblewrap is not allowed to work here ($trouble); ask an administrator for" \
            "unprivileged user namespaces"
    elif ! is_root && ! grep -qs -e "^$(id -un):" -e "^$(id -u):" /etc/subuid; then
        echo "no subordinate user numbers; ask an administrator for:" \
            "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
    fi
}

choose_environment() {
    local kind=debian
    [[ $environment != sid ]] || kind=sid
    root=$cache/$kind-$(hash_of "$debian_list")
    conda_name=conda-$(hash_of "$here/environment.yml")
    local no_current="not looked at" no_debian
    if [[ $environment == auto || $environment == current ]]; then
        no_current=$(current_lacks)
        if [[ -z $no_current ]]; then environment=current; return; fi
        [[ $environment != current ]] || die "$no_current"
        [[ $no_current == *"no DOLFINx"* ]] || say "$no_current; looking for another environment"
    fi
    if [[ $environment == auto && -n $(conda_tool) ]]; then environment=conda; fi
    if [[ $environment == conda ]]; then
        [[ -n $(conda_tool) ]] || die "none of micromamba, mamba, conda, pixi is on the PATH"
        return
    fi
    no_debian=$(debian_lacks)
    if [[ -z $no_debian ]]; then environment=$kind; return; fi
    [[ $environment != "$kind" ]] || die "$no_debian"
    die "no environment was found and none can be made here. One of these is enough:
  1. a Python first on the PATH that has DOLFINx 0.9 to 0.11 and the packages of pyproject.toml
     (now: $no_current)
  2. micromamba, mamba, conda or pixi on the PATH (now: none is)
  3. on Linux, mmdebstrap and bubblewrap, to make a Debian 13 root in $cache
     (now: $no_debian)"
}

# Once, by the builder; a later call finds it finished
prepare_environment() {
    local target
    case $environment in
        current) return ;;
        conda) target=$cache/$conda_name ;;
        debian | sid)
            target=$root
            install_debian_tools
            ;;
    esac
    [[ ! -d $target ]] || return 0
    ( new_session "$here/environment/build.sh" "$environment" "$target" "$(conda_tool)" ) &
    local builder=$! code=0
    # shellcheck disable=SC2064 # the number is wanted as it is now
    trap "say 'set-up interrupted'; kill -TERM -- -$builder 2>/dev/null; wait $builder || true; exit 130" \
        INT TERM HUP
    wait "$builder" || code=$?
    trap - INT TERM HUP
    [[ $code == 0 && -d $target ]] ||
        die "the $environment environment could not be set up; --environment chooses another way"
}

install_debian_tools() {
    if have bwrap && { have mmdebstrap || [[ -d $root ]]; }; then return; fi
    say "installing $debian_tools"
    # shellcheck disable=SC2086 # the words are the packages
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $debian_tools; } >&2 ||
        die "apt-get could not install $debian_tools"
}
