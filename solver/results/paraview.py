"""Writes the script that opens a run in ParaView, warped, coloured, with its cracks."""

from pathlib import Path

from solver.run_files import write_file

FILE = "paraview_view.py"  # not paraview.py, which would hide ParaView's own package from pvpython
PLACE = '"@RUN@"'


def write_view(directory: Path) -> Path:
    """Write the script into a run directory and return its path. Raises OSError.

    It finds the run beside itself, or where that is now if it is not told its own place.
    """
    text = Path(__file__).with_name(FILE).read_text(encoding="utf-8")
    write_file(directory, FILE, text.replace(PLACE, repr(str(directory.resolve()))))
    return directory / FILE
