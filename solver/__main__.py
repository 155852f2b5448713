"""`python -m solver`: the same as the command `intergrain`."""

import sys

from solver.cli import main

if __name__ == "__main__":
    sys.exit(main())
