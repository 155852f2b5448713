"""Files outside a run that the program wrote itself, known by a mark in them."""

import errno
from pathlib import Path

from solver.run_files.manifest import PROGRAM

PAGE = f'<meta name="generator" content="{PROGRAM}">'  # in every report
PICTURE = {"Software": PROGRAM}  # in every PNG
MARKS = {
    ".html": PAGE.encode(),
    ".png": b"Software\0" + PROGRAM.encode(),
    ".json": b'"sicn_min"',  # a table or a report of a mesh
}


def require_own(path: Path) -> None:
    """Raise FileExistsError if a file is there that does not bear the program's mark.

    For files that get their names from the program: nobody asked for these to be replaced.
    """
    if path.exists() and not (path.is_file() and MARKS[path.suffix] in path.read_bytes()):
        why = "a file that this program did not write is there; name another one with -o"
        raise FileExistsError(errno.EEXIST, why, str(path))
