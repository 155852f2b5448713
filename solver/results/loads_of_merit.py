"""The numbers of loads in words: how a body was loaded, and what it bore."""

from typing import Any

from solver.results import headers
from solver.results.figures_of_merit import Rows, number, there
from solver.results.prefix import in_words, with_prefix
from solver.results.records import Record
from solver.units.quantities import entry_of, key_parts

SHARE = 1e-6  # of the largest force: a component with less is not shown
NOISE = 1e-9  # of the work of all loads: a force that works less is rounding


def loads(record: Record) -> Rows:
    """Peak of every force, mean stress and strain at the end, and how the crack was followed."""
    summary, history = record.summary, record.history
    peaks = summary.get("peaks", {})
    ledger = {key_parts(key)[0]: value for key, value in summary.get("energy", {}).items()}
    work = NOISE * abs(ledger.get("external_work") or 0.0)
    largest = max((abs(entry_of(peak, "force")[0]) for peak in peaks.values()), default=0.0)
    rows = [
        (f"largest force, {name.replace('_', ' ')}", _peak(peak))
        for name, peak in peaks.items()
        if abs(entry_of(peak, "force")[0]) > SHARE * largest
        and abs(entry_of(peak, "force")[0] * peak["displacement_m"]) > work
    ]
    columns = history.named(headers.MEAN_STRESS) | history.named(headers.MEAN_STRAIN)
    means = [
        (f"{column.title.lower()} at the end", _mean(float(history[header][-1]), column.unit))
        for header, column in columns.items()
    ]
    return there(
        *rows,
        *means,
        ("load factor at the end", number(summary.get("load_factor"))),
        ("increments in which the crack was driven", number(summary.get("driven_increments"))),
        ("jumps", number(summary.get("jumps"))),
    )


def _mean(value: float, unit: str) -> str | None:
    """A mean stress in MPa, or a mean strain."""
    return number(value, *((1e-6, "MPa") if unit == "Pa" else (1.0, "")))


def _peak(peak: dict[str, Any]) -> str:
    """Force and displacement where the force was largest."""
    force, newton = entry_of(peak, "force")
    factor, unit = with_prefix(abs(force), in_words(newton))
    length, metre = with_prefix(abs(peak["displacement_m"]), "m")
    return f"{factor * force:.4g} {unit} at {length * peak['displacement_m']:.4g} {metre}"
