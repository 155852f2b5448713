# shellcheck shell=bash disable=SC2154 # names are set by the launcher
# How the launcher waits for the program, and how it is stopped in good order.
source "$here/environment/signal.sh"

# supervise SIGNAL_FOR_INT SIGNAL_FOR_TERM COMMAND...: run it, hand signals on, return its exit code.
# SIGUSR1 is handed on as it is: it asks a run to end for now, and other commands end of it.
# The second interrupt is not a request any more: the program gets SIGTERM.
supervise() {
    local on_interrupt=$1 on_terminate=$2 code
    shift 2
    interrupts=0 signalled='' early='' asking='' for_now=''
    # shellcheck disable=SC2317 # the traps call it
    hand_on() {
        local name=$1
        signalled=yes interrupts=$((interrupts + 1))
        ((interrupts == 1)) || name=TERM
        signal_program "$name" "$child"
        [[ $name != USR2 ]] || { ask_again USR2 >/dev/null 2>&1 8>&- & asking=$!; }
    }
    # shellcheck disable=SC2317
    end_for_now() {
        signalled=yes for_now=yes
        [[ -z $asking ]] || return 0
        signal_program USR1 "$child"
        ask_again USR1 >/dev/null 2>&1 8>&- &
        asking=$!
    }
    # mpirun loses a signal that comes before its ranks
    # shellcheck disable=SC2317
    ask_again() {
        while sleep 1 && kill -0 "$child" 2>/dev/null; do signal_program "$1" "$child"; done
    }
    trap 'early=stop' INT TERM HUP    # noted until there is a child to tell
    trap 'early=${early:-for_now}' USR1
    ( "$@" ) <&0 &
    child=$!
    trap 'hand_on "$on_interrupt"' INT
    trap 'hand_on "$on_terminate"' TERM HUP
    trap end_for_now USR1
    exec 8> >(new_session bash "$here/environment/watch.sh" "$on_terminate" "$child" >/dev/null 2>&1)
    case $early in
        stop) hand_on "$on_terminate" ;;
        for_now) end_for_now ;;
    esac
    while :; do
        code=0 signalled=''
        wait "$child" || code=$?
        [[ -n $signalled ]] || break    # else it was the signal that ended the waiting
    done
    [[ -z $asking ]] || kill "$asking" 2>/dev/null || true
    # Over 128: the signal ended it before it could do so by itself
    if ((interrupts > 0 && code > 128)); then code=130; fi
    if [[ -n $for_now ]] && ((code > 130)); then code=75; fi
    exit "$code"
}
