# shellcheck shell=bash
# How a signal reaches the program, shared by the launcher and its watch.

# signal_program SIGNAL PID: to the program that the launcher started as PID. What is still on its
# way to become the program gets SIGTERM. Under bubblewrap the program is the monitor's child; the
# monitor would die of the signal and leave it behind.
signal_program() {
    local name=$1 target
    for _ in {1..10}; do
        target=$2
        case $(name_of "$2") in
            bwrap) target=$(cat "/proc/$2/task/$2/children" 2>/dev/null) ;;
            bash | setsid | env | perl) name=TERM ;;
            *) name=$1 ;;
        esac
        # shellcheck disable=SC2086 # a list of numbers
        [[ -n $target ]] && kill -"$name" $target 2>/dev/null && return 0
        sleep 0.1    # bubblewrap has not started it yet, or it has just ended
    done
    return 0
}

name_of() { cat "/proc/$1/comm" 2>/dev/null || basename "$(ps -o comm= -p "$1" 2>/dev/null)"; }
