"""Make the manual: `./intergrain python -m docs.writing [-o FOLDER] [--proofs FOLDER]`."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
PROOFS = "INTERGRAIN_PROOFS"  # by which conf.py is told


def main() -> int:
    """Write the site; a warning of Sphinx, such as a link into nothing, is an error."""
    parser = argparse.ArgumentParser(prog="docs.writing", description="Make the manual.")
    parser.add_argument("-o", "--output", type=Path, default=Path("manual"), metavar="FOLDER")
    parser.add_argument("--proofs", type=Path, metavar="FOLDER",
                        help="what ./intergrain test --proofs FOLDER kept")  # fmt: skip
    parser.add_argument("--as-they-are", action="store_true", help="do not run the notebooks")
    options = parser.parse_args()
    try:
        from sphinx.cmd.build import build_main
    except ModuleNotFoundError:
        print("the manual needs Sphinx, myst-nb and furo, which are not here", file=sys.stderr)
        return 2
    if options.proofs is not None:
        if not any(options.proofs.glob("*.json")):
            print(f"{options.proofs}: nothing that a run of tests has kept", file=sys.stderr)
            return 2
        os.environ[PROOFS] = str(options.proofs.absolute())
    with tempfile.TemporaryDirectory() as trees:
        run = "off" if options.as_they_are else "cache"
        words = ["-q", "--fail-on-warning", "--keep-going", "-b", "html", "-d", trees]
        words += ["-D", f"nb_execution_mode={run}", str(DOCS), str(options.output)]
        code = int(build_main(words))
    if code == 0:
        print(f"open {options.output / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
