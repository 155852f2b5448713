"""Balls beside the plane: `./intergrain python -m calibration.yan2018.balls FOLDER`.

Draws what runs of 200 rounds kept, `retention_balls.png` of the folder. Its runs are named as
their cases: `pristine_25C`, `ball_pristine_25C`, `ball200_pristine_25C` and so on; those that are
not there are left out.
"""

import argparse
from pathlib import Path

from calibration.yan2018 import courses
from calibration.yan2018.stages import CELSIUS, PARTICLES, case_of

FILE = "retention_balls.png"
BESIDE = {"plane; solid: ball of 50": "", "ball of 200": "ball200_"}  # prefixes of their names


def kept_in(folder: Path, prefix: str = "") -> courses.Courses:
    """Return what the runs of a folder kept, by the case of the plane; prefix: of their names."""
    found = {}
    for celsius in CELSIUS:
        for particle in PARTICLES:
            case = case_of(particle, celsius)
            course = courses.course_of(folder / f"{prefix}{Path(case).stem}")
            if course is not None:
                found[case] = [course]
    return found


def beside(folder: Path) -> dict[str, courses.Courses]:
    """Return what others than balls of 50 grains kept, by what the legend calls them."""
    return {label: kept_in(folder, prefix) for label, prefix in BESIDE.items()}


def main() -> None:
    """Draw the figure; exit code 2 if there is no ball."""
    parser = argparse.ArgumentParser(prog="python -m calibration.yan2018.balls")
    parser.description = __doc__
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="of runs named as their cases")
    folder = parser.parse_args().folder
    balls = kept_in(folder, "ball_")
    if not balls:
        parser.error(f"no run of a ball that went through rounds in {folder}")
    courses.keep(folder / FILE, balls, beside(folder))
    print(folder / FILE)


if __name__ == "__main__":
    main()
