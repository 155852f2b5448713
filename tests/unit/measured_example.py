"""Measured files and computed curves with numbers by which a deviation is known exactly."""

from solver.measured import MeasuredFile, read_measured
from solver.results.history import History
from tests.unit.record_example import columns

TIME = [0.0, 1800.0, 3600.0, 5400.0, 7200.0, 9000.0]  # s: charge, then discharge
NET = [0.0, 50.0, 100.0, 70.0, 40.0, 10.0]  # mA h/g
VOLTAGE = [3.5, 3.8, 4.2, 4.0, 3.7, 3.1]
RUN = {
    "Test Time / s": TIME,
    "Cycle Index / 1": [1.0] * 6,
    "Step Index / 1": [0.0, 1.0, 1.0, 2.0, 2.0, 2.0],
    "Step Time / s": [0.0, 1800.0, 3600.0, 1800.0, 3600.0, 5400.0],
    "Voltage / V": VOLTAGE,
    "Net Charge / mA.h.g-1": NET,
    "Specific Current / mA.g-1": [0.0, 100.0, 100.0, -60.0, -60.0, -60.0],
}


def history(**changed):
    """Return the history of a charge and a discharge; columns by their first word replaced."""
    return columns({h: changed.get(h.split(" ")[0], values) for h, values in RUN.items()})


def nothing():
    return History({})


def written(folder, rows, head="Test Time / s,Voltage / V,Net Capacity / mAh", name="cell.csv"):
    """Write a table and return its path. rows: of numbers, or lines of text."""
    lines = [row if isinstance(row, str) else ",".join(map(repr, row)) for row in rows]
    path = folder / name
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def curves(folder, rows, head="Test Time / s,Voltage / V,Net Capacity / mAh", **about):
    """Return what a table tells of a cell with 1 g of oxide, unless another mass is given."""
    given = MeasuredFile(**({"mass": "1 g"} | about))
    return read_measured(written(folder, rows, head), given)
