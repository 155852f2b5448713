"""What commands say when something is wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from solver import start
from solver.start import BAD_CASE, RunError

if TYPE_CHECKING:
    from argparse import Namespace

    from solver.case import Case
    from solver.checks.plan import Plan


def refuse(why: str, code: int = BAD_CASE) -> int:
    """Say why something is not done, and return the exit code."""
    print(why, file=sys.stderr)
    return code


def validated(options: Namespace) -> tuple[Case, Plan] | None:
    """Return (case, plan), or None after having told every problem."""
    from solver.case import Case, CaseError
    from solver.text.problems import listed

    try:
        case = Case.load(options.case, options.overrides)
        return case, start.planned(case, options.force)
    except CaseError as error:
        print(listed(error.problems, "case"), file=sys.stderr)
    except RunError as error:
        print(error, file=sys.stderr)
    return None


def reason(error: Exception) -> str:
    """What an error says, in one line, and its kind where that is not a sentence of ours."""
    from solver.text.messages import one_line

    text = one_line(str(error))
    return text if isinstance(error, OSError | ValueError) else f"{type(error).__name__} {text}"
