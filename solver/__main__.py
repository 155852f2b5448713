"""`python -m solver`: the same as the command `intergrain`, and ready for Ctrl-C at once."""

import os
import sys

from solver.drive.interrupt import raise_from_now


def main() -> int:
    """Run a command; an interrupt while it is being imported ends like any other."""
    try:
        raise_from_now()
        from solver import cli

        return cli.main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr, flush=True)
        os._exit(130)  # half an import may not end well


if __name__ == "__main__":
    sys.exit(main())
