"""The ten least known inputs of the cases of 200 cycles, and how far off each may be.

None of them was measured on such particles. What nothing bounds has a declared range: a third to
three times. Not among them, though assumed: what is wet from the start (measured, as surface of the
powder), activation energies (they do nothing at 25 degC, to which all rates refer), numerical
parameters.
"""

from typing import Any, NamedTuple

import numpy as np

from intergrain import Case
from solver.entries.reader import place_of
from solver.materials.altered import entries_at

DECLARED = "declared: nothing bounds it"


class ScreeningError(Exception):
    """A screening that would not tell what it is to tell."""


class Input(NamedTuple):
    """Something that is hardly known: what it is, and where materials hold it.

    entries: of the material in that place, changed together. low, high: ends of the range, times
    what the material says, on a logarithmic scale unless it begins at zero. why: that range.
    """

    name: str
    kind: str
    entries: tuple[str, ...]
    low: float
    high: float
    why: str

    @property
    def key(self) -> str:
        """What calls it on the command line."""
        return self.entries[0]

    def factor(self, y: float) -> float:
        """Return by how much it is off at y, 0 to 1 in its range."""
        if self.low == 0.0:
            return self.high * y
        return float(self.low * (self.high / self.low) ** y)


INPUTS = (
    Input(
        "rock salt: rate", "grain", ("rock_salt.rate",), 1 / 4, 4,
        "layers of 5 to 20 nm are seen; the rate is that of the squared thickness, 10 nm",
    ),
    Input(
        "rock salt: onset with occupancy", "grain", ("rock_salt.occupancy_scale",), 1 / 3, 3,
        "declared: between nearly a step, as in the source of the onset, and growth all the time",
    ),
    Input(
        "rock salt: misfit", "grain", ("rock_salt.misfit_a", "rock_salt.misfit_c"), 0, 1,
        "from none to that of NiO, which vacancies reduce",
    ),
    Input(
        "rock salt: conductivity", "grain", ("rock_salt.conductivity",), 1 / 10, 10,
        "declared: fitted to cells, and none at all, in one source",
    ),
    Input("dissolution: rate", "grain", ("dissolution.rate",), 1 / 3, 3, DECLARED),
    Input(
        "ageing of the oxide: rate", "grain", ("oxide_ageing.rate",), 2 / 3, 3 / 2,
        "3/2 of it would be all that infused particles lose at 25 degC",
    ),
    Input(
        "boundary: strength and toughness", "boundary", ("strength", "toughness"), 1 / 2, 2,
        "declared: as LPO over dry boundaries, itself assumed; opens as far before it breaks",
    ),
    Input("boundary: corrosion rate", "boundary", ("corrosion.rate",), 1 / 3, 3, DECLARED),
    Input(
        "boundary: endurance in cycles", "boundary", ("fatigue.endurance",), 5 / 8, 6 / 5,
        "0.5 to 0.96: 0.25 is typical of such laws, 1 is no fatigue at all",
    ),
    Input(
        "film: growth rates", "interphase", ("parabolic_rate", "oxidation.rate"), 1 / 4, 4,
        "declared: half to twice the thickness of films on graphite, from which they are taken",
    ),
)  # fmt: skip


class Held(NamedTuple):
    """An input in a case: place of its material, what that says with units, and on what grounds.

    origin: assumed, fitted or cited.
    """

    input: Input
    place: str
    values: tuple[float, ...]
    units: tuple[str, ...]
    origin: str

    @property
    def nominal(self) -> float:
        """Where the material is in the range, 0 to 1."""
        low, high = self.input.low, self.input.high
        return float(1 / high if low == 0.0 else np.log(1 / low) / np.log(high / low))

    def at(self, y: float) -> float:
        """Return the value, of the first entry, at y."""
        return self.values[0] * self.input.factor(y)

    def overrides(self, y: float) -> tuple[str, ...]:
        """Return what is changed at y, nothing where it is as in the material."""
        if y == self.nominal:
            return ()
        factor = self.input.factor(y)
        return tuple(
            f"{self.place}.{entry}={factor * value:.5g} {unit}"
            for entry, value, unit in zip(self.input.entries, self.values, self.units, strict=True)
        )


def held(case: Case, wanted: Input) -> Held | None:
    """Return an input in a case; None where its material has none of it.

    Raises ScreeningError if the case itself says what it is: then the material does not matter.
    """
    place = _place(case, wanted.kind)
    material = entries_at(case, place)
    if not material.has(place_of(wanted.key)[0]):
        return None
    for entry in wanted.entries:
        key = f"physics.{entry if '.' in entry else f'cohesive.{entry}'}"
        if _said(case, key) is not None:
            raise ScreeningError(
                f"{key} is given in the case: leave it out, or leave {wanted.key} out of --inputs"
            )
    found = [material.entry(entry) for entry in wanted.entries]
    return Held(
        wanted,
        place,
        tuple(float(entry["value"]) for entry in found),
        tuple(str(entry["unit"]) for entry in found),
        next((word for word in ("fitted", "assumed") if found[0].get(word)), "cited"),
    )


def _place(case: Case, kind: str) -> str:
    """Where a case names the material of a kind: of boundaries, that of their state."""
    inner = {"boundary": f".{case.particle.boundary.state}", "interphase": ".bare"}
    return f"materials.{kind}{inner.get(kind, '')}"


def _said(case: Case, key: str) -> Any:
    node: Any = case
    for part in key.split("."):
        node = getattr(node, part, None)
    return node
