"""The numbers of a run in words: rows of (what, value) for a report, only of what there is."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from solver.results import bulk, calorimetry, headers, retention
from solver.results.history import History
from solver.results.prefix import in_words, with_prefix
from solver.results.records import Record
from solver.units.columns import Column
from solver.units.groups import (
    CALORIMETRY,
    DISSOLUTION,
    GLIDING,
    GRAIN_CRACKS,
    GROUPS,
    HEAT,
    OXIDE,
    ROCK_SALT,
    SLIDING,
    WEAR,
)
from solver.units.quantities import key_parts

Rows = list[tuple[str, str]]
BOOKS = {  # what tells whether they can be believed
    "energy balance, error": "energy_error",
    "electrical work, error": "electrical_error",
    "algorithmic share of the fracture energy": "algorithmic_share",
    "lowest dissipation of a step, of the elastic energy": "lowest_dissipation",
}
MOST_CYCLES = 12  # rows of the table of cycles
OHM_CM2 = 1e4  # in an ohm m^2
CYCLE_COLUMNS = {
    headers.CYCLE_INDEX: ("cycle", 1.0),
    headers.CHECK_CYCLE: ("check", 1.0),
    headers.CHARGE_CAPACITY: ("charge / mA h/g", 1.0),
    headers.DISCHARGE_CAPACITY: ("discharge / mA h/g", 1.0),
    headers.COULOMBIC_EFFICIENCY: ("efficiency / %", 100.0),
    headers.INVENTORY: ("lithium left / %", 100.0),
    headers.SOFTENED: ("softened / %", 100.0),
    headers.CRACKED: ("cracked / %", 100.0),
    headers.WET_AREA: ("wet area / m²/g", 1.0),
    headers.MEAN_FILM: ("mean film / nm", 1e9),
}

# Groups of which a page tells the last values
AT_END = (WEAR, OXIDE, SLIDING, GLIDING, HEAT, CALORIMETRY, GRAIN_CRACKS)


def number(value: Any, factor: float = 1.0, unit: str = "", digits: int = 4) -> str | None:
    """Return a number in words, None if it is none."""
    if not isinstance(value, int | float) or not isfinite(value):
        return None
    return f"{value * factor:.{digits}g}{f' {unit}' if unit else ''}"


def amount(value: Any, unit: str) -> str | None:
    """Return a quantity in words with the prefix that suits it, None if it is none."""
    if number(value) is None:
        return None
    factor, prefixed = with_prefix(abs(value), unit) if value else (1.0, unit)
    return number(value, factor, prefixed, 3)


def capacities(record: Record) -> Rows:
    """First and last capacity of the bulk of the cycles, what is left of the first, voltages."""
    discharged, charged = (bulk.capacities(record.summary, way) for way in ("discharge", "charge"))
    voltage = record.summary.get("voltage", {})
    return there(
        ("cycles resolved", _resolved(record)),
        ("cut off", _cut_off(record)),
        ("first charge", number(charged[0], 1, "mA h/g") if charged else None),
        ("first discharge", number(discharged[0], 1, "mA h/g") if discharged else None),
        ("last discharge", number(discharged[-1], 1, "mA h/g") if len(discharged) > 1 else None),
        ("of the first", _share(discharged[-1], discharged[0]) if len(discharged) > 1 else None),
        ("lithium left in the cell", _inventory(record)),
        *retention.in_words(record.table("cycles"), record.resolved),
        *calorimetry.in_words(record.history, record.resolved),
        ("mean charge voltage", number(voltage.get("mean_charge_V"), 1, "V")),
        ("mean discharge voltage", number(voltage.get("mean_discharge_V"), 1, "V")),
    )


def _resolved(record: Record) -> str | None:
    """How many cycles were resolved, None if all were."""
    resolved, jumped = (record.summary.get(f"{how}_cycles") for how in ("resolved", "jumped"))
    if not resolved or not jumped:
        return None
    return f"{resolved} of {resolved + jumped}, the others are extrapolated"


def _inventory(record: Record) -> str | None:
    """Share of its first lithium that a full cell has in the end, None of a half cell."""
    left = record.history.get(headers.INVENTORY, np.zeros(0))
    return number(float(left[-1]), 100, "%") if len(left) else None


def _cut_off(record: Record) -> str | None:
    """Which cycle the end of the run cut off, None if none was or there is no other."""
    whole = record.summary.get("complete_cycle", [])
    if len(whole) < 2 or whole[-1]:
        return None
    number = record.history[headers.CYCLE_INDEX][-1]
    return f"cycle {number:.0f}, which does not count in what is told by cycle"


def cracks(record: Record) -> Rows:
    """Extent, number and width of cracks, and where the first one was."""
    measures = record.summary.get("cracks", {})
    extent = record.summary.get("boundary", {})
    first = record.cracks.get("first_crack") or {}
    return there(
        ("cracked share of boundaries", number(extent.get("cracked_fraction"), 100, "%", 3)),
        ("softened, cracked or not", number(extent.get("softened_fraction"), 100, "%", 3)),
        (
            "softened by more than half",
            number(extent.get("half_softened_fraction"), 100, "%", 3),
        ),
        (
            "after the first charge",
            number(extent.get("first_charge_cracked_fraction"), 100, "%", 3),
        ),
        ("connected cracks", number(measures.get("number"))),
        ("crack area, both faces", _with_ball(measures.get("area_m2_per_g"), record)),
        (
            "mean width at its widest",
            number(measures.get("largest_mean_width_m") or None, 1e9, "nm", 3),
        ),
        ("largest width", number(measures.get("largest_width_m") or None, 1e9, "nm", 3)),
        ("open to the outside, of it", number(measures.get("connected_fraction"), 100, "%", 3)),
        ("radial alignment", number(measures.get("radial_alignment"), 1, "", 2)),
        (
            "radial alignment of all boundaries",
            number(record.cracks.get("boundaries", {}).get("radial_alignment"), 1, "", 2),
        ),
        ("first crack", _first(first)),
    )


def _with_ball(area: Any, record: Record) -> str | None:
    """Area of boundaries, and that of a ball with such sections if a plane particle has another."""
    told, ratio = number(area, 1, "m²/g", 3), record.summary.get("ball_area_ratio", 1.0)
    if told is None or not area or ratio == 1.0:
        return told
    return f"{told} (a ball of such sections: {number(area, ratio, '', 3)})"


def wear(record: Record) -> Rows:
    """Slow damage, sliding and cracks inside grains at the end, those that there are."""
    return _ends(record.history, AT_END)


def own(record: Record) -> dict[str, Rows]:
    """Last values of groups that only a mechanism of the user's own knows, by group."""
    groups = {column.group for column in record.history.about.values()} - set(GROUPS)
    return {group: _ends(record.history, (group,)) for group in sorted(groups)}


def _ends(history: History, groups: Sequence[str]) -> Rows:
    """Last values of the columns of some groups, those that ever were anything."""
    return there(
        *(
            (column.title.lower(), _measure(float(history[header][-1]), column))
            for header, column in history.group(*groups).items()
            if np.any(np.nan_to_num(history[header]))
        )
    )


def _measure(value: float, column: Column) -> str | None:
    """A quantity in words: shares in percent, other pure numbers as they are."""
    if column.unit != "1":
        return amount(value, in_words(column.unit))
    share = column.group == WEAR or column.name.endswith(("Fraction", "Oxide"))
    return number(value, 100, "%", 3) if share else number(value, digits=3)


def surfaces(record: Record) -> Rows:
    """Wet area and films at the start and at the end, layers on the oxide at the end."""
    history = record.history
    rows: Rows = []
    for name, column, factor, unit in (
        ("wet area", headers.WET_AREA, 1.0, "m²/g"),
        ("mean film", headers.MEAN_FILM, 1e9, "nm"),
        ("covered by film", headers.FILM_COVERAGE, 100.0, "%"),
        ("charge bound in films", headers.FILM_CHARGE, 1.0, "mA h/g"),
    ):
        values = history.get(column, np.zeros(0))
        if np.any(values > 0) and (name != "covered by film" or rows[-1][0] == "mean film"):
            start, end = (number(float(values[k]), factor, "", 3) for k in (0, -1))
            rows.append((name, f"{start} at the start, {end} {unit} at the end"))
    return rows + _ends(history, (ROCK_SALT, DISSOLUTION))


def impedance(record: Record) -> Rows:
    """Width of the arcs of the first and the last spectrum."""
    arcs = record.table("spectra")
    wide = arcs.get(headers.ARC_WIDTH, np.zeros(0))
    wide = wide[np.isfinite(wide)]
    last = number(float(wide[-1]), OHM_CM2, "Ω cm²", 3) if len(wide) > 1 else None
    return there(
        ("width of the arcs", number(float(wide[0]), OHM_CM2, "Ω cm²", 3) if len(wide) else None),
        ("in the last spectrum", last),
    )


def energies(record: Record) -> Rows:
    """The ledger at the end, and what tells whether it can be believed."""
    ledger = record.summary.get("energy", {})
    parts = [(*key_parts(key), value) for key, value in ledger.items()]
    rows = [(name.replace("_", " "), amount(e, in_words(unit))) for name, unit, e in parts]
    known = [(name, number(record.summary.get(key), 100, "%", 2)) for name, key in BOOKS.items()]
    return there(*rows, *known)


def effort(record: Record) -> Rows:
    """How the run ended and what it took."""
    summary, metadata = record.summary, record.metadata
    error = summary.get("lithium_error")
    return there(
        ("status", summary.get("status") or metadata.get("status")),
        ("reason", summary.get("reason")),
        ("time steps", number(summary.get("steps"), digits=6)),
        ("rejected", number(summary.get("rejected_steps"), digits=6)),
        ("Newton iterations", number(summary.get("newton_iterations"), digits=9)),
        ("linear systems left to factors", number(summary.get("fallbacks") or None, digits=9)),
        ("unknowns", number(summary.get("dofs"), digits=9)),
        ("ranks", number(summary.get("ranks"))),
        ("wall time", number(summary.get("wall_time_s"), 1, "s")),
        ("lithium balance, error", number(error, 1, "", 2)),
    )


def origin(record: Record) -> Rows:
    """Versions and the mesh, to find out later how a result came about."""
    metadata = record.metadata
    versions = [(name, version) for name, version in metadata.get("versions", {}).items()]
    keys = ("commit", "mesh_key", "seed", "machine", "system", "start", "end")
    return there(*versions, *((key.replace("_", " "), metadata.get(key)) for key in keys))


def cycle_table(record: Record) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the cycles, those in the middle left out if there are many."""
    table = record.table("cycles")
    known = {column: look for column, look in CYCLE_COLUMNS.items() if column in table}
    if not known:
        return [], []
    count = len(next(iter(table.values())))
    shown: Iterable[int] = range(count)
    if count > MOST_CYCLES:
        shown = np.unique(np.linspace(0, count - 1, MOST_CYCLES).round().astype(int))
    if not np.any(table.get(headers.CHECK_CYCLE, np.zeros(count))[list(shown)]):
        known.pop(headers.CHECK_CYCLE, None)
    rows = [
        [number(float(table[column][k]), factor) or "" for column, (_, factor) in known.items()]
        for k in shown
    ]
    return [name for name, _ in known.values()], rows


def _first(crack: Mapping[str, Any]) -> str | None:
    if not crack:
        return None
    where = ", ".join(f"{1e6 * x:.3g}" for x in crack["position_m"])
    return (
        f"{crack[headers.TEST_TIME] / 3600:.3g} h, {crack[headers.VOLTAGE]:.3f} V, between "
        f"{' and '.join(crack['grains'])}, {1e6 * crack['depth_m']:.3g} µm deep at ({where}) µm"
    )


def _share(part: float, whole: float) -> str | None:
    return number(part / whole, 100, "%")


def there(*rows: tuple[str, Any]) -> Rows:
    """Return the rows that have a value."""
    return [(name, str(value)) for name, value in rows if value is not None and value != ""]
