"""Files that a user names: ordinary ones of a sensible size, before anything is read of them."""

import stat
from pathlib import Path


def require_file(path: Path, most: float = float("inf")) -> None:
    """Raise ValueError, which says why, unless this is an ordinary file of at most `most` bytes.

    A pipe or a device could be read for ever.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise ValueError(error.strerror or "cannot be found") from error
    if stat.S_ISDIR(status.st_mode):
        raise ValueError("is a directory, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("is not an ordinary file")
    if status.st_size > most:
        raise ValueError(f"has {status.st_size / 1024:.0f} KiB, more than {most / 1024:.0f}")


def read_text(path: Path, most: float) -> str:
    """Return the text of an ordinary file of at most `most` bytes; ValueError says why not.

    A byte order mark is passed over.
    """
    require_file(path, most)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("is not a text file in UTF-8") from error
    except OSError as error:
        raise ValueError(error.strerror or "cannot be read") from error
