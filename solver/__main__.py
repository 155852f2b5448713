"""`python -m solver`: the same as the command `intergrain`, and ready for Ctrl-C at once."""

import os
import sys

from solver.drive.interrupt import BRIEFLY, answered, asked_so_far, raise_from_now, raise_lost_again


def main() -> int:
    """Run a command; an interrupt while it is being imported ends like any other."""
    try:
        raise_lost_again()
        raise_from_now()
        from solver import cli

        return cli.main()
    except KeyboardInterrupt:
        answered()
        print("interrupted", file=sys.stderr, flush=True)
        os._exit(75 if asked_so_far() == BRIEFLY else 130)  # half an import may not end well


if __name__ == "__main__":
    sys.exit(main())
