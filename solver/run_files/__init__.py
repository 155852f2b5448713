"""Which files of a run directory the program wrote, and whether a run still goes on there.

Whatever writes into a run directory calls `claim(directory, *names)` before, or `write_file`.
"""

from solver.run_files.clearing import Contents, contents, remove
from solver.run_files.durable import sync
from solver.run_files.journal import AmendedFile, mend
from solver.run_files.lock import RunLock, alive, free_reserve, heartbeat
from solver.run_files.manifest import (
    METADATA,
    NAMES,
    PROGRAM,
    NotARunError,
    amend,
    claim,
    complete,
    digest,
    disclaim,
    manifest,
    read_metadata,
    write_file,
    write_whole,
)
from solver.run_files.own import PAGE, PICTURE, require_own

__all__ = [
    "METADATA",
    "NAMES",
    "PAGE",
    "PICTURE",
    "PROGRAM",
    "AmendedFile",
    "Contents",
    "NotARunError",
    "RunLock",
    "alive",
    "amend",
    "claim",
    "complete",
    "contents",
    "digest",
    "disclaim",
    "free_reserve",
    "heartbeat",
    "manifest",
    "mend",
    "read_metadata",
    "remove",
    "require_own",
    "sync",
    "write_file",
    "write_whole",
]
