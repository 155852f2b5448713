"""Commands about the program itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace


def doctor(options: Namespace) -> int:
    """Check the environment."""
    from solver.checks.doctor import report

    return report(sys.stdout)


def test(options: Namespace) -> int:
    """Run the test suite, on all cores; options of pytest may follow."""
    from solver.checks.suite import run_tests

    return run_tests(options.pytest)
