#!/usr/bin/env bash
#SBATCH --job-name=intergrain
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2G
#SBATCH --time=24:00:00
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.out
# A run as a job of SLURM, to be submitted from the folder of the program:
#     sbatch --cpus-per-task=4 cluster/job.sh CASE DIR [OPTIONS OF run]
#     sbatch --array=1-6 cluster/job.sh SWEEP
# SWEEP: a file with CASE DIR [OPTIONS] on each line, one line for each task of the array.
# Where there is a checkpoint in DIR the run goes on from there. Five minutes before its time is up
# the run writes one, and the job goes back into the queue.
# INTERGRAIN: what calls the program, if not ./intergrain ("apptainer run intergrain.sif").
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-.}"
FOR_NOW=75    # what a run ends with that was asked to end for now

fail() { echo "job.sh: $*" >&2; exit 2; }

# The words of a line of a sweep, one per line; quotes are those of a shell, nothing is carried out
words_of_line() {
    sed 's/^[[:space:]]*#.*//; /^[[:space:]]*$/d' "$2" | sed -n "$1p" | xargs -r printf '%s\n'
}

if [[ -n ${SLURM_ARRAY_TASK_ID-} ]]; then
    sweep=${1-}
    [[ -f $sweep ]] || fail "there is no sweep '$sweep'"
    mapfile -t words < <(words_of_line "$SLURM_ARRAY_TASK_ID" "$sweep")
    ((${#words[@]} > 0)) || fail "$sweep has no line $SLURM_ARRAY_TASK_ID"
    set -- "${words[@]}"
fi
(($# >= 2)) || fail "a case and a directory are needed"
case=$1 directory=$2 ranks=${SLURM_CPUS_PER_TASK:-1}
shift 2

export OMP_NUM_THREADS=1
# The ranks are started on this node by Open MPI itself: SLURM sees one task with several cores.
# Not by srun, which would send signals to every process of a step, and end some of them by that.
export PRTE_MCA_ras=^slurm PRTE_MCA_plm=^slurm

if compgen -G "$directory/checkpoints/*.h5" >/dev/null; then
    todo=(resume "$directory")
else
    todo=(run "$case" -o "$directory" "$@")
    # An earlier turn of this job ended before the first checkpoint
    ((${SLURM_RESTART_COUNT:-0} == 0)) || todo+=(--overwrite)
fi

child='' signalled=''
# shellcheck disable=SC2317 # the traps call it
hand_on() {
    signalled=yes
    [[ -z $child ]] || kill -s "$1" "$child" 2>/dev/null || true
}
trap 'hand_on USR1' USR1
trap 'hand_on TERM' TERM
read -r -a program <<<"${INTERGRAIN:-./intergrain}"
echo "job.sh: ${program[*]} ${todo[*]} -n $ranks"
"${program[@]}" "${todo[@]}" -n "$ranks" &
child=$!
while :; do
    code=0 signalled=''
    wait "$child" || code=$?
    [[ -n $signalled ]] || break    # else it was the signal that ended the waiting
done
if ((code == FOR_NOW)); then scontrol requeue "$SLURM_JOB_ID"; fi
exit "$code"
