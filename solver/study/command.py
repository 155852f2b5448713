"""What the command `sweep` says beside the lines of its runs: how a study goes on."""

import sys
from pathlib import Path
from shlex import quote
from signal import SIGTERM

from solver.drive.interrupt import as_interrupt
from solver.start import DONE
from solver.study import on_dask
from solver.study import sweep as way_of
from solver.study.side_by_side import at_once
from solver.study.sweep import Swept


def carry_out(way: Swept, jobs: int, dask: str | None, again: bool) -> list[Path]:
    """Run what is missing of a study; return the files of table and page. Raises RunError.

    After an interrupt it says how the study goes on. jobs: at a time on this machine. dask: address
    of a scheduler, to run there instead.
    """
    carry = at_once(jobs) if dask is None else on_dask.carry(dask)
    as_interrupt(SIGTERM)
    try:
        return way_of.carried_out(way, carry, again, way_of.to_terminal)
    except KeyboardInterrupt:
        print(way_of.told(way.rows.all()), file=sys.stderr)
        words = way_of.same_again(way.study.path, way.folder)
        print(f"go on with: ./intergrain sweep {words}", file=sys.stderr)
        raise


def as_lines(way: Swept, again: bool) -> int:
    """Write what is missing of a study for an array of SLURM, say how that is submitted."""
    file, count = way_of.lines_for_slurm(way, again)
    if file is None:
        print("nothing is missing")
    else:
        print(f"sbatch --array=1-{count} cluster/job.sh {quote(str(file))}")
    print(f"then: ./intergrain sweep {way_of.same_again(way.study.path, way.folder)} --collect")
    return DONE
