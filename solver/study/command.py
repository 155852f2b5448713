"""What the command `sweep` says beside the lines of its runs: how a study goes on."""

import sys
from shlex import quote
from signal import SIGTERM

from solver.drive.interrupt import as_interrupt
from solver.start import DONE
from solver.study import on_dask
from solver.study import sweep as way_of
from solver.study.side_by_side import at_once
from solver.study.sweep import Swept


def carry_out(way: Swept, jobs: int, dask: str | None, again: bool) -> None:
    """Run what is missing of a study; say how it goes on after an interrupt. Raises RunError.

    jobs: at a time on this machine. dask: address of a scheduler, to run there instead.
    """
    carry = at_once(jobs) if dask is None else on_dask.carry(dask)
    as_interrupt(SIGTERM)
    try:
        way_of.carried_out(way, carry, again, way_of.to_terminal)
    except KeyboardInterrupt:
        print(way_of.told(way.rows.all()), file=sys.stderr)
        print(f"go on with: ./intergrain sweep {way_of.same_again(way)}", file=sys.stderr)
        raise


def as_lines(way: Swept, again: bool) -> int:
    """Write what is missing of a study for an array of SLURM, say how that is submitted."""
    file, count = way_of.lines_for_slurm(way, again)
    if file is None:
        print("nothing is missing")
    else:
        print(f"sbatch --array=1-{count} cluster/job.sh {quote(str(file))}")
    print(f"then: ./intergrain sweep {way_of.same_again(way)} --collect")
    return DONE
