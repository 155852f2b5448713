"""Measured files are read as BDF or as they are explained; what is wrong has a line and a hint."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from solver.measured import MeasuredFile, MeasuredFileError, read_measured
from solver.measured.curves import counted, turns, turns_of_note
from solver.measured.description import sidecar_of
from solver.measured.quantities import meaning_of
from tests.unit.measured_example import curves, written


def problems(path, **about):
    with pytest.raises(MeasuredFileError) as raised:
        read_measured(path, MeasuredFile(**about))
    return str(raised.value)


@pytest.mark.parametrize(
    ("header", "role", "factor", "per"),
    [
        ("Test Time / h", "time", 3600.0, "cell"),
        ("test_time_second", "time", 1.0, "cell"),
        ("Voltage / mV", "voltage", 1e-3, "cell"),
        ("voltage_volt", "voltage", 1.0, "cell"),
        ("Current / uA", "current", 1e-6, "cell"),
        ("Specific Current / mA.g-1", "current", 1.0, "mass"),
        ("Current / mA.cm-2", "current", 10.0, "area"),
        ("Discharging Capacity / Ah", "discharged", 3600.0, "cell"),
        ("cycle_discharging_capacity_ah", "cycle discharged", 3600.0, "cell"),
        ("Specific Capacity / mAh/g", "capacity", 3600.0, "mass"),
        ("Cycle Count / 1", "cycle", 1.0, "cell"),
        ("cycle_count", "cycle", 1.0, "cell"),
        ("Temperature T1 / degC", "unused", 1.0, "cell"),
        ("Step ID", "unused", 1.0, "cell"),
    ],
)
def test_a_header_says_what_a_column_is_and_in_which_unit(header, role, factor, per):
    meaning = meaning_of(header)
    assert (meaning.role, meaning.per) == (role, per)
    assert meaning.factor == pytest.approx(factor, rel=1e-14)


def test_an_unknown_header_is_told_with_file_line_and_the_nearest_name(tmp_path):
    path = written(tmp_path, ["0,3"], "# made by hand\nTest Time / s,Voltge / V")
    told = problems(path)
    assert told.startswith(f"{path}:2: unknown column 'Voltge / V' (did you mean 'Voltage'?)")
    assert "\n" not in told


def test_a_file_in_quite_other_words_is_told_in_one_line(tmp_path):
    path = written(tmp_path, ["0,3,1,2,5"], "time/s,Ewe/V,mode,ox/red,error")
    told = problems(path)
    assert told.startswith(f"{path}:1: 5 columns are none of BDF, 'time/s', 'Ewe/V', 'mode' ...")
    assert "'columns: {'time/s': Test Time / s, ...}'" in told
    assert "\n" not in told


def test_a_unit_of_another_kind_is_told_with_what_was_expected(tmp_path):
    path = written(tmp_path, ["0,3"], "Test Time / V,Voltage / V")
    assert f"{path}:1: column 'Test Time / V' has the unit 'V'; expected" in problems(path)


def test_a_cell_that_is_no_number_is_told_with_its_line(tmp_path):
    path = written(tmp_path, ["0,3.5,0", "# a remark", "10,broken,1"])
    assert f"{path}:4: expected a number for 'Voltage / V', got 'broken'" in problems(
        path, mass=1e-3
    )


def test_time_that_falls_is_told_with_its_line(tmp_path):
    path = written(tmp_path, ["0,3.5,0", "20,3.6,1", "10,3.7,2"])
    assert f"{path}:4: 'Test Time / s' must not fall, but 10 s follows 20 s" in problems(
        path, mass=1
    )


def test_what_is_of_a_whole_cell_needs_the_mass_of_its_oxide(tmp_path):
    told = problems(written(tmp_path, ["0,3.5,0", "10,3.6,1"]))
    assert "'Net Capacity / mAh' is that of a whole cell" in told
    assert "'mass: 12.3 mg', in cell.csv.yaml" in told


@pytest.mark.parametrize("content", ["", "# nothing\n", "Test Time / s,Voltage / V\n"])
def test_a_file_without_rows_is_told(tmp_path, content):
    path = tmp_path / "cell.csv"
    path.write_text(content)
    assert str(path) in problems(path)


def test_columns_may_be_explained_in_a_file_beside_it(tmp_path):
    path = written(tmp_path, ["0;3500,5;x", "60;3600,5;x", "120;3700,5;x"], "t;Ewe (mV);note")
    sidecar_of(path).write_text(
        "label: cell A\ncolumns: {t: Test Time / s, Ewe (mV): Voltage / mV}\n"
    )
    found = read_measured(path)
    assert found.label == "cell A"
    assert found.voltage == pytest.approx([3.5005, 3.6005, 3.7005])


def test_a_mistyped_key_of_that_file_is_told_with_its_line(tmp_path):
    path = written(tmp_path, ["0,3.5,0", "10,3.6,1"])
    sidecar_of(path).write_text("label: cell A\nmas: 3 mg\n")
    assert f"{sidecar_of(path)}:2: unknown key 'mas' (did you mean 'mass'?)" in problems(path)


def test_a_case_of_the_same_name_explains_nothing(tmp_path):
    path = written(tmp_path, ["0,3.5,0", "10,3.6,1"])
    path.with_suffix(".yaml").write_text("name: a case\n")
    assert len(read_measured(path, MeasuredFile(mass=1e-3)).voltage) == 2


def test_a_column_that_is_explained_and_not_there_is_told(tmp_path):
    path = written(tmp_path, ["0,3.5,0", "10,3.6,1"])
    told = problems(path, columns={"Voltag / V": "Voltage / V"})
    assert "has no column 'Voltag / V' (did you mean 'Voltage / V'?)" in told


def test_current_that_is_positive_on_discharge_is_turned(tmp_path):
    """Trapezia of 0.2 A: 200 mA h/g in an hour of charge, of 1 g."""
    rows = [(0.0, 3.5, -0.2), (1800.0, 3.8, -0.2), (3600.0, 4.2, -0.2), (5400.0, 4.3, -0.2)]
    head = "Test Time / s,Voltage / V,Current / A"
    found = curves(tmp_path, rows, head, positive="discharge")
    assert found.net == pytest.approx([0, 100, 200, 300])
    assert [half.charging for half in found.halves] == [True]
    assert [half.charging for half in curves(tmp_path, rows, head).halves] == [False]


def test_area_and_loading_make_a_mass(tmp_path):
    """2 cm^2 of 10 mg/cm^2 are 20 mg: 3 mAh are 150 mA h/g."""
    found = curves(
        tmp_path,
        [(0.0, 3.5, 0.0), (10.0, 4.0, 3.0)],
        mass=None,
        area="2 cm^2",
        loading="10 mg/cm^2",
    )
    assert found.net[-1] == pytest.approx(150.0)


def test_counters_that_begin_again_go_on():
    assert counted(np.array([0.0, 2.0, 5.0, 0.0, 1.0, 4.0])) == pytest.approx([0, 2, 5, 5, 6, 9])


def test_a_capacity_without_a_sign_takes_that_of_the_current(tmp_path):
    rows = [(0, 3.5, 0.2, 0.0), (1, 4.0, 0.2, 5.0), (2, 4.2, 0.2, 9.0), (3, 4.0, -0.2, 1.0)]
    rows += [(4, 3.6, -0.2, 4.0), (5, 3.2, -0.2, 8.0)]
    found = curves(tmp_path, rows, "Test Time / s,Voltage / V,Current / A,Capacity / mAh")
    assert found.net == pytest.approx([0, 5, 9, 8, 5, 1])


def test_noise_at_rest_is_no_half_cycle():
    net = np.array([0.0, 50.0, 100.0, 99.9, 100.0, 99.95, 60.0, 20.0])
    assert turns(net, 1.0) == [0, 2, 7]


def test_half_cycles_of_a_cell_that_has_faded_still_count():
    """The last ones have less than a hundredth of the first charge."""
    sizes = [160.0, 60.0, 40.0, 20.0, 10.0, 4.0, 2.0, 1.0, 1.0, 0.9]
    net = np.cumsum([0.0, *(way * size for size in sizes for way in (1, -0.98))])
    assert turns_of_note(net) == list(range(21))


def test_a_pulse_backwards_does_not_end_a_charge():
    net = np.array([0.0, 50.0, 49.6, 50.1, 100.0, 50.0, 50.3, 50.2, 0.0])
    assert turns_of_note(net) == [0, 4, 8]


def test_noise_before_the_first_and_behind_the_last_half_cycle_is_none():
    net = np.array([0.0, -0.2, 50.0, 100.0, 50.0, 0.0, 0.1])
    assert turns_of_note(net) == [1, 3, 5]


def test_a_half_cycle_has_the_number_of_its_rows_where_the_next_one_begins_at_once(tmp_path):
    """Without a rest between them, the first row of the next charge still ends the discharge."""
    rows = [(0, 3.5, 1.0, 1), (100, 4.0, 1.0, 1), (200, 4.2, 1.0, 1)]
    rows += [(200.1, 4.1, -1.0, 1), (300, 3.8, -1.0, 1), (400, 3.4, -1.0, 1)]
    rows += [(400.1, 3.5, 0.9, 2), (500, 3.9, 0.9, 2), (600, 4.2, 0.9, 2)]
    head = "Test Time / s,Voltage / V,Current / mA,Cycle Count / 1"
    halves = curves(tmp_path, rows, head).halves
    assert [(half.cycle, half.charging) for half in halves] == [(1, True), (1, False), (2, True)]


def test_a_rest_belongs_to_no_half_cycle(tmp_path):
    """Voltages of the rest and of the turn are those of no current."""
    rows = [(0.0, 3.5, 0.0), (10.0, 3.9, 50.0), (20.0, 4.2, 100.0), (30.0, 4.1, 100.0)]
    rows += [(40.0, 4.05, 100.0), (50.0, 3.8, 50.0), (60.0, 3.2, 0.0)]
    charge, discharge = curves(tmp_path, rows).halves
    assert charge.voltage == pytest.approx([3.9, 4.2])
    assert discharge.voltage == pytest.approx([3.8, 3.2])
    assert discharge.capacity == pytest.approx([50, 100])


def test_a_row_at_rest_is_left_out_though_charge_has_passed_since_the_row_before(tmp_path):
    """Current ends between the last two rows: the voltage of the last one is that of a rest."""
    rows = [(0, 3.5, 0.1), (3600, 3.8, 0.1), (7200, 4.2, 0.1), (10800, 4.0, 0.0)]
    (half,) = curves(tmp_path, rows, "Test Time / s,Voltage / V,Current / A").halves
    assert half.voltage == pytest.approx([3.8, 4.2])


def test_a_half_cycle_that_was_cut_off_has_no_capacity(tmp_path):
    """The second charge ends at 3.9 V, the first one at 4.2 V."""
    net = [0.0, 50.0, 100.0, 40.0, 0.0, 30.0, 60.0]
    voltage = [3.5, 3.8, 4.2, 3.7, 3.2, 3.6, 3.9]
    found = curves(tmp_path, list(zip(range(7), voltage, net, strict=True)))
    assert [half.name for half in found.halves][-1] == "cycle 2, charge"
    assert found.cycles.charge == pytest.approx([100.0])
    assert found.notes == ("cycle 2, charge is cut off, its capacity is left out",)


@pytest.mark.parametrize(("first", "expected"), [(None, [1, 2]), (5, [5, 6])])
def test_cycles_are_counted_as_a_run_counts_them(tmp_path, first, expected):
    """This file begins at 0, as BDF allows."""
    rows = [(c, 3.0 + q / 100, q) for c in (0, 1) for q in (0.0, 50.0, 100.0)]
    head = "Cycle Count / 1,Voltage / V,Specific Capacity / mA.h.g-1"
    found = curves(tmp_path, rows, head, mass=None, way="charge", first_cycle=first)
    assert [half.cycle for half in found.halves] == expected


def test_points_of_a_drawn_curve_may_be_in_any_order(tmp_path):
    rows = [(100.0, 3.4), (0.0, 4.2), (50.0, 3.8)]
    head = "Specific Capacity / mAh/g,Voltage / V"
    (half,) = curves(tmp_path, rows, head, mass=None, way="discharge").halves
    assert half.capacity == pytest.approx([0, 50, 100])
    assert half.voltage == pytest.approx([4.2, 3.8, 3.4])
    assert not half.charging


def test_capacities_of_cycles_may_stand_alone(tmp_path):
    rows = [(1, 180.0), (5, 170.0), (9, 155.0)]
    head = "Cycle Count / 1,Cycle Discharging Capacity / mA.h.g-1"
    found = curves(tmp_path, rows, head, mass=None)
    assert found.cycles.number == pytest.approx([1, 5, 9])
    assert found.cycles.discharge == pytest.approx([180, 170, 155])


def test_rows_with_an_empty_cell_are_passed_over(tmp_path):
    found = curves(tmp_path, ["0,3.5,0", "10,,1", "20,3.7,2"])
    assert found.voltage == pytest.approx([3.5, 3.7])


@pytest.mark.parametrize(("end", "package"), [(".mpr", "galvani"), (".ndax", "fastnda")])
def test_a_file_of_a_cycler_names_the_package_that_it_needs(tmp_path, monkeypatch, end, package):
    monkeypatch.setitem(__import__("sys").modules, package, None)
    path = tmp_path / f"cell{end}"
    path.write_bytes(b"\0")
    assert (
        problems(path) == f"{path}: needs the package {package} to be read: pip install {package}"
    )


def test_charges_of_a_neware_file_are_those_that_the_cycler_counted(tmp_path, monkeypatch):
    """Two rows far apart while the current decays: integrated, it would be 55 mA h/g."""
    pandas = pytest.importorskip("pandas")
    rows = [(0, 3.5, 100.0, 0.0, 1), (3600, 4.2, 10.0, 30.0, 1)]
    rows += [(3600, 4.1, -20.0, 0.0, 1), (5400, 3.7, -20.0, -11.0, 1), (7200, 3.4, -20.0, -20.0, 1)]
    names = ["total_time_s", "voltage_V", "current_mA", "capacity_mAh", "cycle_count"]
    read = SimpleNamespace(read=lambda file: pandas.DataFrame(rows, columns=names))
    monkeypatch.setitem(sys.modules, "fastnda", read)
    path = tmp_path / "cell.ndax"
    path.write_bytes(b"\0")
    found = read_measured(path, MeasuredFile(mass="1 g"))
    assert found.net == pytest.approx([0, 30, 30, 19, 10])
    assert found.halves[-1].capacity == pytest.approx([11, 20])


@pytest.mark.parametrize("cell", ["inf", "1e300"])
def test_a_number_that_nobody_measured_is_told(tmp_path, cell):
    path = written(tmp_path, ["0,3.5,0", f"10,{cell},1"])
    assert f"{path}:3: expected a number for 'Voltage / V', got '{cell}'" in problems(path, mass=1)


def test_rows_of_which_none_is_whole_are_told(tmp_path):
    path = written(tmp_path, ["0,3.5,", "10,,1"])
    assert "no row has a number for all of 'Test Time / s'" in problems(path, mass=1)
