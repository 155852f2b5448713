"""What the command `fit` says beside the lines of its runs, and how a fit goes on."""

import sys
from pathlib import Path
from signal import SIGTERM

from solver.drive.interrupt import as_interrupt
from solver.fitting import course, page
from solver.fitting.checked import CheckedFit
from solver.study.side_by_side import at_once
from solver.study.sweep import same_again, to_terminal


def carry_out(fit: CheckedFit, folder: Path, jobs: int, again: bool, profile: bool) -> int:
    """Fit, write and tell; the exit code. Raises RunError, OSError, KeyboardInterrupt."""
    as_interrupt(SIGTERM)
    try:
        result = course.fitted(fit, folder, at_once(jobs), again, to_terminal, profile)
    except KeyboardInterrupt:
        words = same_again(fit.path, folder) + " --profile" * profile
        print(f"go on with: ./intergrain fit {words}", file=sys.stderr)
        raise
    files = [*course.files(result), page.write_page(result)]
    print(course.told(result), *files, sep="\n")
    return course.exit_code(result)
