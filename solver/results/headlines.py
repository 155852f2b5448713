"""The numbers that a person asks for first, and what may surprise them."""

import numpy as np

from solver.results import bulk, headers, loads_of_merit
from solver.results.figures_of_merit import OHM_CM2, Rows, number, there
from solver.results.records import Record
from solver.units.quantities import PER_METRE

OVER = 1.0005  # coulombic efficiency above which it shows
ARROW = "\N{RIGHTWARDS ARROW}"
LEADING = (
    "particle_widest", "particle_charged", "particle_end", "loaded_peak", "loaded_end",
    "voltage", "force",
)  # fmt: skip


def headlines(record: Record) -> Rows:
    """Return up to five (what, value): what it gave, cracks, surfaces, and how it ended."""
    rows = there(
        ("largest force", _largest_force(record)),
        ("discharge capacity", _capacity(record)),
        ("boundaries cracked", _cracked(record)),
        ("widest crack", _widest(record)),
        ("arcs of the impedance", _arcs(record)),
        ("wet area", _wet_area(record)),
    )
    return [*rows[:4], *there(("it ended", _end(record)))]


def leading_picture(record: Record) -> str | None:
    """Name of the figure that a page begins with, None if there is none."""
    return next((name for name in LEADING if name in record.figures), None)


def over_full(record: Record) -> str | None:
    """Say why a coulombic efficiency is over 100 %, None if none is.

    A discharge can put in more lithium than the charge before it took out.
    """
    cycles, history = record.table("cycles"), record.history
    efficiency = cycles.get(headers.COULOMBIC_EFFICIENCY, np.zeros(0))
    above = np.flatnonzero(np.nan_to_num(efficiency) > OVER)
    if len(above) == 0 or headers.MEAN_OCCUPANCY not in history:
        return None
    cycle, lithium = cycles[headers.CYCLE_INDEX][above[0]], history[headers.MEAN_OCCUPANCY]
    rows = np.flatnonzero(history[headers.CYCLE_INDEX] == cycle)
    start, end = lithium[max(rows[0] - 1, 0)], lithium[rows[-1]]
    return (
        f"Why is the efficiency of cycle {cycle:.0f} over 100 %? Its charge began at a mean "
        f"occupancy of {start:.4f} and its discharge ended at {end:.4f}: more lithium went in than "
        "had come out. Where a run begins (initial.occupancy) and where a discharge ends are "
        "choices of the case; no lithium came from nowhere."
    )


def tied(record: Record) -> str | None:
    """Say what holds the pieces of a cracked plane particle together, None if it has none."""
    plane = any(column.unit.endswith(PER_METRE) for column in record.history.about.values())
    if not plane or not record.summary.get("cracks", {}).get("number"):
        return None
    return (
        "In two dimensions all grains share one axial strain, also those that cracks have parted: "
        "pieces pull on each other along the axis, which those of a ball do not."
    )


def of_columns(record: Record) -> str | None:
    """Say what areas of a plane particle are per gram of, None if it is none."""
    ratio = record.summary.get("ball_area_ratio", 1.0)
    if ratio == 1.0:
        return None
    return (
        "In two dimensions areas per gram are those of a bundle of columns: in a ball with such "
        f"sections, boundaries have {number(ratio, digits=3)} times the area. That goes for cracks "
        "and wet boundaries, not for the outside; shares of the boundaries need no such factor."
    )


def _largest_force(record: Record) -> str | None:
    rows = loads_of_merit.loads(record) if record.loaded else []
    return next((value for name, value in rows if name.startswith("largest force")), None)


def _capacity(record: Record) -> str | None:
    capacities = bulk.capacities(record.summary, "discharge")
    if not capacities:
        return None
    if len(capacities) == 1:
        return number(capacities[0], 1, "mA h/g")
    kept = number(capacities[-1] / capacities[0], 100, "%", 3)
    return f"{number(capacities[0])} {ARROW} {number(capacities[-1])} mA h/g ({kept})"


def _cracked(record: Record) -> str | None:
    extent = record.summary.get("boundary", {})
    shares = (extent.get("cracked_fraction"), extent.get("softened_fraction"))
    cracked, softened = (number(share, 100, "%", 3) for share in shares)
    return cracked if softened is None else f"{cracked}, softened {softened}"


def _widest(record: Record) -> str | None:
    width = record.summary.get("cracks", {}).get("largest_width_m")
    return number(width, 1e9, "nm", 3) if width else None


def _arcs(record: Record) -> str | None:
    arcs = record.table("spectra")
    wide = arcs.get(headers.ARC_WIDTH, np.zeros(0))
    wide = OHM_CM2 * wide[np.isfinite(wide)]
    return _from_to(wide, "Ω cm²") if len(wide) else None


def _wet_area(record: Record) -> str | None:
    wet = record.history.get(headers.WET_AREA, np.zeros(0))
    return _from_to(wet, "m²/g") if np.any(wet > 0) else None


def _from_to(values: np.ndarray, unit: str) -> str:
    first, last = (number(float(values[k]), digits=3) for k in (0, -1))
    return f"{last} {unit}" if first == last else f"{first} {ARROW} {last} {unit}"


def _end(record: Record) -> str | None:
    status = record.summary.get("status") or record.metadata.get("status")
    reason = record.summary.get("reason")
    return f"{status}: {reason}" if status and reason else status
