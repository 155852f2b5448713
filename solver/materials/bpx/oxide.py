"""The material file of an oxide that a model of a cell describes, `based_on` one of the library.

What such a model does not know (strains, stiffness, ageing ...) stays that of the library's oxide,
and is named.
"""

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from solver.entries import laws
from solver.entries.files import FOLDER, MaterialError
from solver.entries.measures import MOLAR_MASS
from solver.entries.reader import Entries, checked
from solver.materials.bpx.particle import CellParticle, Floats, values_of
from solver.materials.library import GrainMaterial, grain_of, load_grain_material

ROOM = laws.REFERENCE_TEMPERATURE
FEWEST, MOST = 61, 961  # points of a potential
CLOSE = 1e-4  # V, between the points of a formula
EDGE = 1e-3  # of the range of x that a table leaves free at x = 0 and 1
LOW_PLACE, HIGH_PLACE = 0.65, 0.2  # of tail points, over what is left to x = 0 and to x = 1
WIDTH = 96
SAME = "as potential"
NOT_OXIDE = "strength and toughness of grain boundaries, which are no part of an oxide"


class Imported(NamedTuple):
    """A material file. text: of it. given: its entries that are the cell's. kept: those of the
    library's oxide. assumed: those that are neither. cautions: what is unusual.
    """

    particle: CellParticle
    base: str
    text: str
    given: tuple[str, ...]
    assumed: tuple[str, ...]
    kept: tuple[str, ...]
    cautions: tuple[str, ...]


def imported(particle: CellParticle, base: str) -> Imported:
    """Return the file of an oxide. Raises MaterialError if it cannot be made, or is not sound."""
    oxide = load_grain_material(base)
    below = Entries(FOLDER / f"{base}.yaml").data
    entries = _entries(particle, oxide, below)
    given = tuple(key for key in entries if "source" in entries[key] and key != "cited")
    assumed = tuple(key for key in entries if "assumed" in entries[key])
    named = {*entries, "name", "about"}
    kept = tuple(str(key) for key in below if key not in named)
    head = {"based_on": base, "name": particle.name, "about": particle.about}
    text = _comment(particle, base, kept) + _dumped(head | entries)
    return Imported(particle, base, text, given, assumed, kept, _checked(particle.name, text))


def _entries(particle: CellParticle, oxide: GrainMaterial, below: dict[str, Any]) -> dict[str, Any]:
    """Every entry that is not the library's."""
    base, warm = oxide.name, _warm(particle)
    source = {"source": SAME}
    molar_mass = Entries(FOLDER / f"{base}.yaml").number("molar_mass", MOLAR_MASS)
    entries: dict[str, Any] = {
        "potential": _potential(particle, oxide, below),
        "max_concentration": {
            "value": _thousandth(particle.concentration),
            "unit": "kmol/m^3",
            **source,
        },
        "density": {
            "value": float(f"{molar_mass * particle.concentration:.6g}"),
            "unit": "kg/m^3",
            "assumed": True,
            "note": f"not given; maximum concentration times the molar mass of {base}",
        },
        "diffusivity": _diffusivity(particle, warm, base, below),
        "diffusivity_ratio": {
            "value": 1.0,
            "unit": "dimensionless",
            "assumed": True,
            "note": "the same in all directions, as in the cell's model, which has no crystals",
        },
        "exchange_current": {
            "value": _at_room(particle.exchange, particle.exchange_energy, particle.temperature),
            "unit": "A/m^2",
            "source": f"{particle.exchange_told}{warm}; {SAME}",
            "activation_energy": _energy(
                particle.exchange_energy, "exchange_current", particle, base, below
            ),
        },
        "cited": {},
    }
    if particle.entropic is not None:
        entries["entropic"] = {"unit": "V/K", **_law(particle, particle.entropic), **source}
    return entries


def _warm(particle: CellParticle) -> str:
    """What is said of values that were brought to room temperature."""
    if abs(particle.temperature - ROOM) < 1e-6:
        return ""
    return f", from {particle.temperature:g} K to {ROOM:g} K by its activation energy"


def _at_room(value: float, energy: float | None, temperature: float) -> float:
    return float(f"{value / laws.arrhenius(energy or 0.0, temperature):.8g}")


def _energy(
    energy: float | None, key: str, particle: CellParticle, base: str, below: dict[str, Any]
) -> dict[str, Any]:
    """The activation energy of an entry: the cell's, or that of the library's oxide."""
    if energy is not None:
        return {"value": _thousandth(energy), "unit": "kJ/mol", "source": SAME}
    kept = below[key]["activation_energy"]
    note = f"not given; as {base}"
    return {"value": kept["value"], "unit": kept["unit"], "assumed": True, "note": note}


def _thousandth(value: float) -> float:
    return float(f"{value / 1000:.12g}")


def _diffusivity(
    particle: CellParticle, warm: str, base: str, below: dict[str, Any]
) -> dict[str, Any]:
    factor = 1.0 / laws.arrhenius(particle.diffusivity_energy or 0.0, particle.temperature)
    law = _law(particle, particle.diffusivity, factor)
    if np.min(law["value"]) <= 0:
        raise MaterialError(f"{particle.name}: the diffusivity is not positive everywhere")
    return {
        "unit": "m^2/s",
        **law,
        "source": f"{SAME}{warm}",
        "activation_energy": _energy(
            particle.diffusivity_energy, "diffusivity", particle, base, below
        ),
    }


def _law(particle: CellParticle, law: float | Any, factor: float = 1.0) -> dict[str, Any]:
    """A number, or a table of a function of x."""
    if isinstance(law, float):
        return {"value": float(f"{factor * law:.8g}")}
    x = _places(particle, 31)
    values = factor * values_of(law, x)
    if not np.all(np.isfinite(values)):
        raise MaterialError(f"{particle.name}: a function of x has no value somewhere in its range")
    return {"occupancy": _listed(x, 6), "value": _digits(values)}


def _places(particle: CellParticle, count: int) -> Floats:
    low, high = max(particle.low, EDGE), min(particle.high, 1.0 - EDGE)
    return np.round(np.linspace(low, high, count), 6)


def _potential(
    particle: CellParticle, oxide: GrainMaterial, below: dict[str, Any]
) -> dict[str, Any]:
    """Points of U(x), as many as it takes, and tails as wide as those of the library's oxide."""
    x = _nodes(particle)
    values = np.round(particle.potential(x), 7)
    if not np.all(np.isfinite(values)):
        raise MaterialError(f"{particle.name}: the potential has no value somewhere in its range")
    rising = np.flatnonzero(np.diff(values) >= 0)
    if len(rising):
        raise MaterialError(
            f"{particle.name}: the potential does not fall at x = {x[rising[0]]:.4g}, as it must"
        )
    table = laws.table(list(x), list(values))
    low, high = oxide.known_range
    entry = below["potential"]
    note = (
        f"logarithm as high as that of {oxide.name}, %.3g V for each factor of e; beyond the "
        "stoichiometries of the cell nothing is given"
    )
    tails = {}
    for name, end, known, share in (
        ("low_tail", 0.0, low, LOW_PLACE),
        ("high_tail", 1.0, high, HIGH_PLACE),
    ):
        height = _height(oxide.potential, known, end, entry[name])
        join = float(x[0] if end == 0.0 else x[-1])
        place = round(end + share * (join - end), 6)
        value = _on_tail(table, join, end, place, height)
        tails[name] = {
            "occupancy": place,
            "value": round(value, 6),
            "assumed": True,
            "note": note % abs(height),
        }
    return {
        "unit": "V",
        "occupancy": _listed(x, 6),
        "value": _listed(values, 7),
        "source": particle.source,
        **tails,
    }


def _nodes(particle: CellParticle) -> Floats:
    """Occupancies of points: those of a table, or so many of a formula that a spline follows it."""
    low, high = max(particle.low, EDGE), min(particle.high, 1.0 - EDGE)
    own = np.array(particle.nodes)
    inside = own[(own > low) & (own < high)]
    if 3 < len(inside) <= MOST:
        return np.unique(np.round([low, *inside, high], 6))
    if not np.all(np.isfinite(particle.potential(_places(particle, MOST)))):
        raise MaterialError(f"{particle.name}: the potential has no value somewhere in its range")
    count, fine = FEWEST, np.asarray(np.linspace(low, high, 4001), dtype=np.float64)
    while count < MOST:
        x = _places(particle, count)
        spline = laws.table(list(x), list(particle.potential(x)))
        if np.max(abs(spline.value(fine) - particle.potential(fine))) < CLOSE:
            break
        count = 2 * count - 1
    return _places(particle, count)


def _height(law: laws.Law, join: float, end: float, tail: dict[str, Any]) -> float:
    """A of a tail f = f_j + f'_j (x - x_j) - A (ln r - r + 1), r = (x - end)/(x_j - end)."""
    x_j, place = np.asarray(join), float(tail["occupancy"])
    straight = float(law.value(x_j)) + float(law.slope(x_j)) * (place - join)
    return -(float(tail["value"]) - straight) / _bracket(place, join, end)


def _on_tail(law: laws.Law, join: float, end: float, place: float, height: float) -> float:
    x_j = np.asarray(join)
    straight = float(law.value(x_j)) + float(law.slope(x_j)) * (place - join)
    return straight - height * _bracket(place, join, end)


def _bracket(place: float, join: float, end: float) -> float:
    ratio = (place - end) / (join - end)
    return float(np.log(ratio) - ratio + 1.0)


def _checked(name: str, text: str) -> tuple[str, ...]:
    """What is unusual about a file. Raises MaterialError if it is not sound."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.yaml")
        path.write_text(text, encoding="utf-8")
        entries = Entries(path)
        checked(entries, grain_of)
        return tuple(caution.message for caution in entries.cautions)


def _comment(particle: CellParticle, base: str, kept: tuple[str, ...]) -> str:
    lines = [
        f"Made from {particle.source}",
        f"Not in it, and therefore of {base}: {', '.join(kept)}",
        "x is the stoichiometry of the cell; strains and all else of the library's oxide are laid "
        "over it as they are, though they count lithium on a scale of their own",
        *particle.notes,
    ]
    return "".join(f"# {line}\n" for line in lines) + "\n"


def _listed(values: Floats, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def _digits(values: Floats) -> list[float]:
    return [float(f"{value:.7g}") for value in values]


def _dumped(data: dict[str, Any]) -> str:
    stream, yaml = StringIO(), YAML()
    yaml.width = WIDTH
    yaml.dump(_in_lines(data), stream)
    return stream.getvalue()


def _in_lines(data: Any) -> Any:
    """The same with lists written in lines."""
    if isinstance(data, dict):
        return {key: _in_lines(inner) for key, inner in data.items()}
    if isinstance(data, list):
        line = CommentedSeq(data)
        line.fa.set_flow_style()
        return line
    return data
