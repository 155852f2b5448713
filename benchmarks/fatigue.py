"""Growth per cycle of the crack of a double cantilever beam, by the energy release rate.

./intergrain python benchmarks/fatigue.py [SQUARES ALONG x SQUARES ACROSS AN ARM] [--cycles N]
"""

import argparse
import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from fracture import STIFFNESS, TOUGHNESS, ran

Floats = npt.NDArray[np.floating]
FACTORS = (0.34, 0.24, 0.17)  # of the load: how far the ends move apart, in 6 mm
SETTLED = 1.0  # mm of growth before the zone in front of the crack is that of cycles
FEWEST = 10  # cycles that a slope is taken from
LEVELS = (0.6, 0.5, 0.4, 0.3, 0.25, 0.2)  # energy release rate over toughness


class Growth(NamedTuple):
    """At the top of every cycle: crack, mm, its release rate over toughness, and growth, mm."""

    crack: Floats
    release: Floats
    rate: Floats

    def settled(self) -> "Growth":
        """Only cycles after the crack has grown past its start."""
        later = self.crack > self.crack[0] + SETTLED
        return Growth(*(column[later] for column in self))

    def slope(self) -> float:
        """Exponent of a power law of the release rate through the growth; nan of a few cycles."""
        if len(self.rate) < FEWEST:
            return float("nan")
        return float(np.polyfit(np.log(self.release), np.log(self.rate), 1)[0])


def growth_of(cycle: Floats, width: Floats, load: Floats) -> Growth:
    """Growth in each cycle, by how the beam yields; width between the ends, mm; load, N.

    Arms as built-in beams: a^3 = 3 E'I d / (2 P), G = 3 P d / (2 a) per mm of width.
    """
    numbers = np.unique(cycle)
    tops = [np.flatnonzero(cycle == n)[np.argmax(width[cycle == n])] for n in numbers]
    width, load = width[tops], load[tops]
    crack = np.cbrt(1.5 * STIFFNESS * width / load)
    return Growth(crack, 1.5 * load * width / crack / TOUGHNESS, np.gradient(crack))


def main(words: Sequence[str]) -> None:
    """Print growth at some release rates for some amplitudes, and the slopes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mesh", nargs="?", default="200x4")
    parser.add_argument("--cycles", type=int, default=100)
    given = parser.parse_args(words)
    along, across = (int(word) for word in given.mesh.split("x"))
    print("growth per cycle in mm, at a release rate over toughness of")
    print(f"{'load factor':13}" + "".join(f"{level:9g}" for level in LEVELS) + "    slope")
    found = []
    for factor in FACTORS:
        rows, outcome, seconds = ran(
            "fatigue",
            along,
            across,
            f"protocol.0.repeat.times={given.cycles}",
            f"protocol.0.repeat.steps.0.load.to={factor}",
        )
        width = 2e3 * rows["Displacement upper_left y / m"]
        growth = growth_of(rows["Cycle Index / 1"], width, rows["Force upper_left y / N"]).settled()
        found.append(growth)
        rates = np.interp(LEVELS, *np.array([growth.release, growth.rate])[:, ::-1], np.nan, np.nan)
        cells = "".join(f"{rate:9.4f}" if rate > 0 else " " * 9 for rate in rates)
        slope = f"{growth.slope():9.2f}"
        print(f"{factor:<13g}{cells}{slope}  {outcome.status}, {seconds:.0f} s", flush=True)
    whole = Growth(*(np.concatenate(column) for column in zip(*found, strict=True)))
    print(f"{'all':13}{'':54}{whole.slope():9.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
