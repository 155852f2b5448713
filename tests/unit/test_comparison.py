"""Several runs beside each other: whatever their order, and with every input that differs."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from solver.results import comparison, style
from solver.results.compared import CURVES
from solver.results.comparison import COLOURS, compare, overlaid
from solver.results.differences import differing
from solver.results.history import HalfCycle
from tests.unit.record_example import SETTINGS, columns, make_record, scaled

LARGER = 3.0  # by what the second run exceeds the first


def drawn(name, *records):
    return overlaid(records, CURVES[name]).axes[0]


def data(line):
    return [pytest.approx(list(values), nan_ok=True) for values in line.get_data()]


NEVER_HERE = {
    "force",
    "differential",
    "heat flow",
    "gliding",
    "oxygen release",
}  # no such steps, nothing is heated


@pytest.mark.parametrize("name", [name for name in CURVES if name not in NEVER_HERE])
def test_the_order_of_runs_does_not_change_the_axes(name):
    small = make_record()
    large = scaled(small, LARGER, "larger")
    there, back = drawn(name, small, large), drawn(name, large, small)
    assert there.get_xlim() == back.get_xlim()
    assert there.get_ylim() == back.get_ylim()
    top = max(np.nanmax(line.get_ydata()) for line in there.lines)
    assert there.get_ylim()[1] > top


def pulled(label, force, per=""):
    """A specimen whose force is for its body, or per metre of depth."""
    history = {
        "Load Factor / 1": np.array([0.0, 1.0]),
        f"Force right x / N{per}": np.array([0.0, force]),
        "Displacement right x / m": np.array([0.0, 2e-6]),
        f"External Work / J{per}": np.array([0.0, 1e-9]),
    }
    return make_record(label, tables={"history": columns(history)})


def test_forces_of_any_order_have_room():
    one, other = pulled("one", 1e-3), pulled("other", 5e-3)
    there, back = drawn("force", one, other), drawn("force", other, one)
    assert there.get_ylim() == back.get_ylim()
    assert data(there.lines[1]) == [[0.0, 2.0], [0.0, 5.0]]  # um, mN
    assert there.get_ylabel() == "Force / mN"


def test_forces_for_a_metre_of_depth_say_so_and_those_of_two_kinds_both():
    plane, body = pulled("plane", 5e3, ".m-1"), pulled("body", 3e3)
    alone = drawn("force", plane)
    assert alone.get_ylabel() == r"Force / kN m$^{-1}$"
    assert data(alone.lines[0]) == [[0.0, 2.0], [0.0, 5.0]]
    both = drawn("force", plane, body)
    assert both.get_ylabel() == r"Force / N or N m$^{-1}$"
    assert [line.get_label() for line in both.lines] == [r"plane, N m$^{-1}$", "body, N"]
    assert data(both.lines[0]) == [[0.0, 2.0], [0.0, 5e3]]


@pytest.mark.parametrize(
    ("name", "number", "x", "y"),
    [
        ("voltage", 0, [0, 80], [3.1, 4.3]),  # the second charge
        ("voltage", 1, [0, 100], [4.3, 2.9]),  # the second discharge
        ("capacity", 0, [1, 2, 3], [200, 190, 170]),
        ("retention", 0, [1, 2, 3], [100, 95, 85]),
        ("cracked", 0, [0, 1, 2, 3, 4], [0, 11, 12, 23, 25]),
        ("cracked by cycle", 0, [1, 2, 3], [11, 22, 33]),
        ("crack width", 0, [0, 1, 2, 3, 4], [0, 7, 3, 9, 4]),
        ("depth", 0, [0.5, 1.5, 3.0], [20, 75, np.nan]),  # the last end, of what is there
        ("wet area", 0, [0, 1, 2, 3, 4], [0.31, 0.42, 0.43, 0.54, 0.55]),
        ("film", 0, [0, 1, 2, 3, 4], [1, 2, 3, 4, 6]),
        ("impedance", 0, [5, 7], [0.4, 0.6]),  # ohm cm^2, the last spectrum from 10 mHz up
    ],
)
def test_a_curve_shows_the_numbers_of_its_run(name, number, x, y):
    assert data(drawn(name, make_record()).lines[number]) == [x, y]


def in_series(resistance):
    """Return a run that has as many ohm cm^2 more in series, named with them."""
    record = make_record(f"{resistance}")
    table = dict(record.table("impedance"))
    table["Real Impedance / ohm.m2"] = table["Real Impedance / ohm.m2"] + 1e-4 * resistance
    return make_record(record.label, tables=record.tables | {"impedance": columns(table)})


def test_spectra_that_are_far_apart_are_drawn_beyond_what_is_in_series():
    """Of 5 to 7 ohm cm^2 each: 1 ohm cm^2 apart as they are, 500 apart from zero on."""
    near = drawn("impedance", make_record(), in_series(1))
    assert data(near.lines[1]) == [[pytest.approx(6), pytest.approx(8)], [0.4, 0.6]]
    assert near.get_xlabel() == r"Re $Z$ / $\Omega$ cm$^2$"
    far = drawn("impedance", make_record(), in_series(500))
    for line in far.lines:
        assert data(line) == [[pytest.approx(0), pytest.approx(2)], [0.4, 0.6]]
    assert far.get_xlabel() == r"Re $Z$ beyond its smallest value / $\Omega$ cm$^2$"


def test_a_spectrum_of_storage_alone_is_left_out():
    record = make_record()
    table = dict(record.table("impedance"))
    table["Frequency / Hz"] = 1e-6 * table["Frequency / Hz"]
    slow = make_record(tables=record.tables | {"impedance": columns(table)})
    assert overlaid([slow], CURVES["impedance"]) is None
    assert len(drawn("impedance", record, slow).lines) == 1


def test_each_run_has_its_own_curve_colour_and_name():
    one = make_record()
    axes = drawn("capacity", one, scaled(one, LARGER, "larger"))
    first, second = axes.lines
    assert (first.get_label(), second.get_label()) == ("one", "larger")
    assert [line.get_color() for line in axes.lines] == list(COLOURS[:2])
    assert list(second.get_ydata()) == [600, 570, 510]


def test_what_ages_is_drawn_by_cycle():
    """In nm and ohm cm^2, and shares in percent; a spectrum without arcs leaves a gap."""
    told = {
        "rock salt": [1, 4, 7],
        "arcs": [12, np.nan, 15],
        "lithium": [97, 94, 92],
    }
    for name, values in told.items():
        assert data(drawn(name, make_record()).lines[0]) == [[1, 2, 3], values], name


def test_the_middle_voltage_is_that_at_half_of_each_discharge_that_is_no_check():
    """Cycle 1 gives 90 mA h/g from 4.4 V to 3.1 V, cycle 2 gives 100 from 4.3 V to 2.9 V."""
    record = make_record()
    assert data(drawn("middle voltage", record).lines[0]) == [[1, 2], [3.75, 3.6]]
    checked = columns(record.table("cycles") | {"Check Cycle / 1": np.array([0.0, 1.0, 0.0])})
    alone = make_record(tables=record.tables | {"cycles": checked})
    assert overlaid([alone], CURVES["middle voltage"]) is None


def test_the_middle_voltage_follows_a_curve_through_long_steps_and_passes_rests_by():
    """V = 4 - q^2 V in steps of a third of the charge, and a rest behind: 3.75 V, not 3.722 V."""
    capacity = np.array([0.0, 0.0, 1 / 3, 2 / 3, 1.0, 1.0])
    voltage = 4 - capacity**2 + np.array([0.3, 0.0, 0.0, 0.0, 0.0, 0.2])
    half = HalfCycle(1, False, capacity, np.where(capacity == 0, 4.0, voltage))
    assert half.middle_voltage() == pytest.approx(3.75, abs=0.006)


def test_rows_stand_by_kind_whichever_run_has_them_and_books_apart():
    """Only the second run has spectra and losses of energy: its rows stand where they belong."""
    bare = make_record("bare", tables={"cycles": make_record().table("cycles")})
    told = compare([bare, make_record(summary={"status": "finished", "energy": {"bond_J": 2e-9}})])
    names = [name for name, _ in told["rows"]]
    assert names.index("mean fatigue") < names.index("width of the arcs")
    assert names[:2] == ["accelerations", "status"]
    assert ("bond", ["", "2 nJ"]) in told["books"] and "bond" not in names


def test_dq_dv_of_the_last_charge_and_discharge_that_are_no_checks_is_compared():
    """Two cycles between 3.5 and 4 V of 200 mA h/g V, the second a check at a third of it."""
    up = np.linspace(0, 1, 51)
    half = np.concatenate([up, up[::-1]])
    net = np.concatenate([[0], 100 * half, 100 / 3 * half])
    step = np.repeat([0.0, 0.0, 1.0, 2.0, 3.0], [1, 51, 51, 51, 51])
    history = {
        "Step Index / 1": step,
        "Cycle Index / 1": 1 + (step > 1),
        "Net Charge / mA.h.g-1": net,
        "Voltage / V": 3.5 + np.concatenate([[0], half, half]) / 2,
        "Specific Current / mA.g-1": np.where(step % 2 == 0, 50.0, -50.0),
    }
    cycles = {"Cycle Index / 1": [1.0, 2.0]}
    for checks, slope in (([0.0, 1.0], 200), ([0.0, 0.0], 200 / 3)):
        tables = {
            "history": columns(history),
            "cycles": columns(cycles | {"Check Cycle / 1": checks}),
        }
        charge, discharge = drawn("differential", make_record(tables=tables)).lines
        assert charge.get_ydata()[20:-20] == pytest.approx(slope, rel=1e-6)
        assert discharge.get_ydata()[20:-20] == pytest.approx(-slope, rel=1e-6)


def test_a_kind_of_curve_that_no_run_has_is_left_out():
    bare = make_record(tables={}, cracks={})
    assert all(overlaid([bare, bare], curve) is None for curve in CURVES.values())
    one = {name for name, curve in CURVES.items() if overlaid([bare, make_record()], curve)}
    assert one == set(CURVES) - NEVER_HERE


def heated(label="hot", flow=(0.0, 4.0, 1.0), **resolved):
    """A run that was heated."""
    history = {
        "Temperature / K": [303.15, 523.15, 563.15],
        "Heat Flow / W.g-1": list(flow),
        "Released Heat / J.g-1": [0.0, 500.0, 900.0],
        "Boundary Gliding / 1": [0.0, 0.012, 0.009],
        "Boundary Release / m": [0.0, 2e-9, 5e-9],
    }
    return make_record(label, tables={"history": columns(history)}, resolved=resolved)


def test_heat_and_gliding_are_drawn_over_the_temperature():
    """In degC and percent; the measured peak is a dotted line of the run's colour."""
    exotherm = {"peak": 534.55, "heat": 9e5}
    hot = heated(measured={"source": "x", "retention": [], "exotherm": exotherm})
    flow, peak = drawn("heat flow", hot).lines
    assert data(flow) == [[30.0, 250.0, 290.0], [0.0, 4.0, 1.0]]
    assert peak.get_xdata()[0] == pytest.approx(261.4)
    assert peak.get_color() == flow.get_color()
    assert data(drawn("gliding", hot).lines[0]) == [[30.0, 250.0, 290.0], [0.0, 1.2, 0.9]]
    assert data(drawn("oxygen release", hot).lines[0]) == [[30.0, 250.0, 290.0], [0.0, 2.0, 5.0]]
    assert overlaid([heated(flow=(0.0, 0.0, 0.0))], CURVES["heat flow"]) is None


def test_a_curve_that_fails_is_told_and_the_others_are_drawn(monkeypatch):
    monkeypatch.setattr(comparison, "CURVES", {name: CURVES[name] for name in ("depth", "film")})
    torn = make_record("torn", cracks={"ends": [{"by_depth": [1.0]}]})
    found = compare([torn, make_record()])
    assert [problem.split(":")[0] for problem in found["problems"]] == ["depth could not be drawn"]
    assert [figure["name"] for figure in found["figures"]] == ["film"]


def changed(**places):
    """Settings with other values at dotted places."""
    settings = deepcopy(SETTINGS)
    for place, value in places.items():
        *path, key = place.split("__")
        inner = settings
        for step in path:
            inner = inner[step]
        inner[key] = value
    return settings


def test_every_setting_in_which_runs_differ_is_told_and_no_other():
    other = make_record(
        "other",
        settings=changed(
            name="other",
            particle__mesh__boundary_size="60 nm",
            physics__cohesive__strength="2 GPa",
            physics__cohesive__scatter="0.3",
            protocol=["Charge at C/2 until 4.5 V"],
        ),
    )
    assert differing([make_record(), other]) == [
        ("particle mesh boundary size", ["130 nm", "60 nm"]),
        ("physics cohesive strength", ["1 GPa", "2 GPa"]),
        (
            "protocol",
            [
                "Charge at C/2 until 4.3 V; Discharge at C/2 until 2.7 V",
                "Charge at C/2 until 4.5 V",
            ],
        ),
        ("physics cohesive scatter", ["none", "0.3"]),
    ]
    assert differing([make_record(), make_record("same inputs")]) == []


def material(strength, endurance):
    quantities = [("strength", strength), ("fatigue", " "), ("  endurance", endurance)]
    rows = [{"quantity": quantity, "value": value} for quantity, value in quantities]
    return [{"kind": "boundary", "name": "dry", "about": "", "rows": rows}]


def test_values_of_materials_that_differ_are_told_though_their_names_do_not():
    records = [make_record(materials=material("2 GPa", e)) for e in ("0.8", "0.5", "0.8")]
    assert differing(records) == [("boundary: fatigue endurance", ["0.8", "0.5", "0.8"])]


def test_another_mesh_is_a_difference():
    other = make_record(metadata={"mesh_key": "fedcba9876543210"})
    assert differing([make_record(), other]) == [("mesh", ["01234567", "fedcba98"])]


def test_runs_without_settings_in_words_are_compared_in_si():
    old = replace(make_record(), settings={}, resolved={"temperature": 298.15})
    new = make_record(resolved={"temperature": 333.15})
    assert differing([old, new]) == [("temperature", ["298.15", "333.15"])]


def test_the_table_has_the_numbers_of_every_run(monkeypatch):
    monkeypatch.setattr(comparison, "CURVES", {})
    summary = {"status": "finished", "discharge_capacity_mAh_per_g": [200.0, 170.0]}
    other = {"status": "stopped", "discharge_capacity_mAh_per_g": [190.0]}
    fast = {"accelerations": {"fatigue": 50.0}}
    found = compare(
        [make_record(summary=summary), make_record("other", summary=other, metadata=fast)]
    )
    rows = dict(found["rows"])
    assert found["labels"] == ["one", "other"]
    assert rows["status"] == ["finished", "stopped"]
    assert rows["first discharge"] == ["200 mA h/g", "190 mA h/g"]
    assert rows["of the first"] == ["85 %", ""]
    assert rows["accelerations"] == ["none", "accelerated: fatigue \N{MULTIPLICATION SIGN}50"]
    assert found["declared"] == [("other", "accelerated: fatigue \N{MULTIPLICATION SIGN}50")]


@pytest.mark.parametrize("name", [r"$\frac{", "_hidden", "a\nb", "<b>&%", "x" * 5000])
def test_a_run_of_any_name_is_drawn_under_its_name(name):
    figure = overlaid([make_record(name)], CURVES["capacity"])
    (text,) = figure.legends[0].get_texts()
    figure.canvas.draw()
    shown = text.get_text().replace(r"\$", "$").strip()
    assert shown == (" ".join(name.split()) if len(name) < 70 else "x" * 69 + "…")


@pytest.mark.parametrize(
    "names",
    [
        [f"{state} NMC76, ball of 50 grains, 200 cycles at 25 °C" for state in "abcdefghijkl"],
        ["n" * 30, "e" * 30],
        ["n" * 70, "e"],
        ["short", "names", "of", "runs"],
    ],
)
def test_names_of_runs_are_whole_and_within_the_figure(names):
    with style.look():
        figure = overlaid([make_record(name) for name in names], CURVES["capacity"])
        style.png(figure)
        box, whole = figure.legends[0].get_window_extent(), figure.bbox
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names
    assert whole.x0 <= box.x0 < box.x1 <= whole.x1
    axes = figure.axes[0].get_window_extent()
    assert box.y1 < axes.y0
    assert axes.height > 0.5 * 3.8 * figure.dpi
