"""A run as a report reads it, with numbers by which one can tell every column and row apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from solver.output.dictionary import TABLES
from solver.results.history import History
from solver.results.records import Record
from solver.units.quantities import name_of, unit_of

DECLARED = (*TABLES["history.csv"], *TABLES["losses.csv"])

HISTORY = {
    "Test Time / s": [0.0, 3600.0, 7200.0, 10800.0, 14400.0],
    "Cycle Index / 1": [1.0, 1.0, 1.0, 2.0, 2.0],
    "Net Charge / mA.h.g-1": [0.0, 120.0, 30.0, 110.0, 10.0],
    "Voltage / V": [3.5, 4.4, 3.1, 4.3, 2.9],
    "Cracked Fraction / 1": [0.0, 0.11, 0.12, 0.23, 0.25],
    "Mean Crack Width / m": [np.nan, 7e-9, 3e-9, 9e-9, 4e-9],
    "Wet Area / m2.g-1": [0.31, 0.42, 0.43, 0.54, 0.55],
    "Mean Film / m": [1e-9, 2e-9, 3e-9, 4e-9, 6e-9],
    "Film Coverage / 1": [0.2, 0.3, 0.4, 0.5, 0.7],
    "Film Charge / mA.h.g-1": [0.0, 0.8, 1.6, 2.4, 3.5],
    "Mean Fatigue / 1": [0.0, 0.01, 0.02, 0.03, 0.04],
    "Mean Corrosion / 1": [0.0, 0.02, 0.03, 0.04, 0.06],
}
CYCLES = {
    "Cycle Index / 1": [1.0, 2.0, 3.0],
    "Round / 1": [1.0, 2.0, 3.0],
    "Discharge Rate / 1": [0.5, 0.5, 0.5],
    "Charge Capacity / mA.h.g-1": [210.0, 195.0, 185.0],
    "Discharge Capacity / mA.h.g-1": [200.0, 190.0, 170.0],
    "Coulombic Efficiency / 1": [0.952, 0.974, 0.919],
    "Lithium Inventory / 1": [0.97, 0.94, 0.92],
    "Softened Fraction / 1": [0.21, 0.32, 0.43],
    "Cracked Fraction / 1": [0.11, 0.22, 0.33],
    "Wet Area / m2.g-1": [0.41, 0.42, 0.44],
    "Mean Film / m": [2e-9, 3e-9, 5e-9],
    "Mean Rock Salt / m": [1e-9, 4e-9, 7e-9],
}
IMPEDANCE = {  # two spectra of three frequencies, the last of them below what is shown
    "Spectrum Index / 1": [1.0, 1.0, 1.0, 2.0, 2.0, 2.0],
    "Frequency / Hz": [1e3, 1.0, 1e-3] * 2,
    "Real Impedance / ohm.m2": [1e-4, 2e-4, 3e-4, 5e-4, 7e-4, 9e-4],
    "Imaginary Impedance / ohm.m2": [-1e-5, -2e-5, -3e-5, -4e-5, -6e-5, -8e-5],
}
SPECTRA = {
    "Cycle Index / 1": [1.0, 2.0, 3.0],
    "Arc Width / ohm.m2": [1.2e-3, np.nan, 1.5e-3],
}
CRACKS = {
    "bins": {"depth_m": [0.0, 1e-6, 2e-6, 4e-6]},
    "boundaries": {"by_depth": [0.5, 0.4, 0.0], "radial_alignment": 0.31},
    "ends": [
        {"Cycle Index / 1": 1.0, "by_depth": [0.2, 0.0, 0.0]},
        {"Cycle Index / 1": 2.0, "by_depth": [0.1, 0.3, 0.0]},
    ],
    "first_crack": {
        "Test Time / s": 5400.0,
        "Voltage / V": 4.125,
        "grains": ["grain_3", "grain_8"],
        "depth_m": 0.7e-6,
        "position_m": [1.5e-6, -0.5e-6],
    },
}
SETTINGS = {
    "name": "one",
    "particle": {"radius": "3 µm", "mesh": {"boundary_size": "130 nm"}},
    "materials": {"grain": "NMC76"},
    "physics": {"cohesive": {"enabled": "yes", "strength": "1 GPa"}},
    "protocol": ["Charge at C/2 until 4.3 V", "Discharge at C/2 until 2.7 V"],
}


def columns(table):
    """Return a history as it is read from a run, its columns known as the program declares them."""
    values = {header: np.array(column, dtype=float) for header, column in table.items()}
    return History(values, {header: _known(header) for header in values if _known(header)})


def _known(header):
    """What the program says of a column, with its unit here; None of other tables."""
    for column in DECLARED:
        name, unit = name_of(header), unit_of(header)
        if column.title == name:
            return replace(column, unit=unit, extensive=False)
        if column.of and name.startswith(f"{column.name} "):
            of = name.removeprefix(f"{column.name} ")
            return replace(column, unit=unit, extensive=False, of=of)
    return None


def make_record(label="one", **changes):
    """Return a record; changes replace its fields."""
    record = Record(
        directory=Path(label),
        label=label,
        given="name: one\n",
        resolved={},
        settings=SETTINGS,
        summary={"status": "finished"},
        metadata={"mesh_key": "0123456789abcdef"},
        cracks=CRACKS,
        materials=[],
        cautions=[],
        tables={
            "history": columns(HISTORY),
            "cycles": columns(CYCLES),
            "impedance": columns(IMPEDANCE),
            "spectra": columns(SPECTRA),
        },
        figures={},
    )
    return replace(record, **changes)


def scaled(record, factor, label):
    """Return the same run with all columns but times and indices times a factor."""
    kept = ("Test Time", "Cycle Index", "Round", "Spectrum Index", "Frequency")
    tables = {
        name: columns({c: v if c.startswith(kept) else factor * v for c, v in table.items()})
        for name, table in record.tables.items()
    }
    return replace(record, tables=tables, label=label)
