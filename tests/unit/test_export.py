"""A run as others read it: Battery Data Format there and back, pandas and xarray with units."""

import csv
import sys

import numpy as np
import pytest

from solver.measured import read_measured
from solver.results import export
from solver.results.measurements import OVER_CAPACITY, OVER_CYCLES, OVER_TIME, compare_with
from tests.unit.measured_example import VOLTAGE, history
from tests.unit.record_example import columns


def exported(folder, table, mass=2e-3, name="out.csv"):
    return export.export_bdf(folder / "run", table, folder / name, mass)[0]


def cycles():
    capacity = {"Charge Capacity / mA.h.g-1": [100.0], "Discharge Capacity / mA.h.g-1": [90.0]}
    return columns({"Cycle Index / 1": [1.0], **capacity})


def test_an_exported_run_beside_itself_has_no_deviation(tmp_path):
    """The file beside it says the mass by which currents are divided again."""
    found = compare_with(history(), cycles(), read_measured(exported(tmp_path, history())))
    assert {kind: len(found.of(kind)) for kind in (OVER_CAPACITY, OVER_CYCLES, OVER_TIME)} == {
        OVER_CAPACITY: 2, OVER_CYCLES: 2, OVER_TIME: 1,
    }  # fmt: skip
    assert all(pair.apart.rmse < 1e-12 for pair in found.pairs)
    assert all(pair.apart.share > 0.99 for pair in found.pairs if pair.kind == OVER_CAPACITY)


def test_a_shifted_copy_deviates_by_the_shift(tmp_path):
    higher = history(Voltage=[v + 0.0123 for v in VOLTAGE])
    found = compare_with(history(), cycles(), read_measured(exported(tmp_path, higher)))
    assert found.rmse(OVER_CAPACITY) == pytest.approx(0.0123, rel=1e-10)
    assert found.rmse(OVER_TIME) == pytest.approx(0.0123, rel=1e-10)


def test_headers_and_signs_are_those_of_bdf(tmp_path):
    """Of 2 g: 100 mA/g are 0.2 A on charge, -60 mA/g are -0.12 A; capacities never fall."""
    with exported(tmp_path, history()).open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:4] == ["Test Time / s", "Voltage / V", "Current / A", "Cycle Count / 1"]
    assert [float(row["Current / A"]) for row in rows[1:4:2]] == pytest.approx([0.2, -0.12])
    assert [row["Cycle Count / 1"] for row in rows] == ["1"] * 6
    charged, discharged = (
        [float(row[f"{way}harging Capacity / Ah"]) for row in rows] for way in ("C", "Disc")
    )
    assert charged == pytest.approx([0, 0.1, 0.2, 0.2, 0.2, 0.2])
    assert discharged == pytest.approx([0, 0, 0, 0.06, 0.12, 0.18])


def test_a_file_that_is_there_is_not_replaced(tmp_path):
    exported(tmp_path, history())
    with pytest.raises(export.ExportError, match=r"out\.csv is there already"):
        exported(tmp_path, history())


def test_a_run_without_voltage_cannot_be_exported(tmp_path):
    with pytest.raises(export.ExportError, match="no 'Voltage / V'"):
        exported(tmp_path, columns({"Test Time / s": [0.0]}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("package", "call"), [("pandas", "to_pandas"), ("xarray", "to_xarray")])
def test_a_package_that_is_missing_is_named(monkeypatch, package, call):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(export.ExportError, match=f"needs the package {package}: pip install"):
        getattr(export, call)(history())


def test_a_data_frame_keeps_the_units():
    pytest.importorskip("pandas")
    frame = export.to_pandas(history())
    assert frame.attrs["units"]["Specific Current / mA.g-1"] == "mA.g-1"
    assert frame["Voltage / V"].tolist() == VOLTAGE
    assert "counter electrode" in frame.attrs["about"]["Voltage / V"]


def test_a_data_set_keeps_the_units():
    pytest.importorskip("xarray")
    data = export.to_xarray(history())
    assert data["Net Charge"].attrs["units"] == "mA.h.g-1"
    assert np.array_equal(data["Voltage"].values, VOLTAGE)


def test_parquet_holds_what_csv_holds(tmp_path):
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    found = read_measured(exported(tmp_path, history(), name="out.parquet"))
    again = compare_with(history(), cycles(), found)
    assert again.rmse(OVER_CAPACITY) < 1e-12
