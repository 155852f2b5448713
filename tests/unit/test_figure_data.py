"""Every curve of a figure has the numbers of its column, in the unit that its axis names."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from solver.results import crack_figures, curves, cycling, loaded, probing, slow, style
from solver.results.force import force
from solver.results.history import History
from solver.units.columns import Column
from tests.unit.record_example import CRACKS, CYCLES, HISTORY, columns


def data(line):
    x, y = line.get_data()
    return [pytest.approx(list(x), nan_ok=True), pytest.approx(list(y), nan_ok=True)]


def by_label(axes):
    return {line.get_label(): line for line in axes.lines}


@pytest.fixture
def history():
    return columns(HISTORY)


HOURS = [0, 1, 2, 3, 4]


def test_voltage_has_each_half_cycle_and_names_the_last_capacities(history):
    axes = curves.voltage(history).axes[0]
    assert [data(line) for line in axes.lines[:4]] == [
        [[0, 120], [3.5, 4.4]],
        [[0, 90], [4.4, 3.1]],
        [[0, 80], [3.1, 4.3]],
        [[0, 100], [4.3, 2.9]],
    ]
    assert [to_hex(line.get_color()) for line in axes.lines[2:4]] == [
        style.BLUE.lower(),
        style.VERMILION.lower(),
    ]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["charge, 80.0 mA h g$^{-1}$", "discharge, 100.0 mA h g$^{-1}$"]


def test_capacities_are_named_of_the_last_complete_cycle(history):
    """Cycle 2 was cut off: it is drawn as far as it came, and its capacities are not told."""
    axes = curves.voltage(history, columns({"Cycle Index / 1": [1.0]})).axes[0]
    assert data(axes.lines[3]) == [[0, 100], [4.3, 2.9]]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["charge, 120.0 mA h g$^{-1}$", "discharge, 90.0 mA h g$^{-1}$"]


def test_cracking_has_shares_in_percent_openings_in_nm_and_the_voltage_behind(history):
    shares = {
        "softened": ("Softened Fraction / 1", [0.0, 0.2, 0.3, 0.4, 0.45]),
        "half softened": ("Half Softened Fraction / 1", [0.0, 0.15, 0.2, 0.3, 0.35]),
        "mean damage": ("Mean Damage / 1", [0.0, 0.13, 0.16, 0.27, 0.29]),
    }
    history = columns(history | dict(shares.values()))
    history["Largest Opening / m"] = 1e-9 * np.array([0.1, 20, 8, 25, 11])
    figure = curves.cracking(history)
    extent, width, *behind = figure.axes
    for label, (_, values) in shares.items():
        assert data(by_label(extent)[label]) == [HOURS, [100 * v for v in values]]
    assert data(by_label(extent)["cracked"]) == [HOURS, [0, 11, 12, 23, 25]]
    assert data(width.lines[0]) == [HOURS, [0.1, 20, 8, 25, 11]]
    assert [data(axes.lines[0]) for axes in behind] == [[HOURS, list(history["Voltage / V"])]] * 2
    assert extent.get_ylim() == pytest.approx((0, 1.08 * 45))
    assert width.get_ylim() == pytest.approx((0, 1.08 * 25))


def test_every_energy_is_drawn_under_its_own_name():
    parts = {
        "bond": "Bond Energy",
        "contact": "Contact Energy",
        "fracture": "Fracture Energy",
        "grain fracture": "Grain Fracture Energy",
        "viscous": "Viscous Dissipation",
        "sudden": "Sudden Release",
        "corrosion": "Corrosion Energy",
    }
    time = np.array([0.0, 3600.0])
    history = {
        f"{name} / J.m-1": 1e-6 * np.array([1.0, 2.0 + number])
        for number, name in enumerate(parts.values())
    }
    history |= {"Test Time / s": time, "Elastic Energy / J.m-1": 1e-6 * np.array([50.0, 70.0])}
    history["Swelling Work / J.m-1"] = 1e-6 * np.array([0.0, 150.0])
    history["Friction Dissipation / J.m-1"] = np.zeros(2)
    history["External Work / J.m-1"] = 1e-6 * np.array([0.0, 40.0])
    whole, small = curves.energy(columns(history)).axes
    lines = by_label(small)
    assert "friction" not in lines
    for number, label in enumerate(parts):
        assert data(lines[label]) == [[0, 1], [1.0, 2.0 + number]]
    spent = sum(2.0 + number for number in range(len(parts)))
    assert data(by_label(whole)["elastic"]) == [[0, 1], [50, 70]]
    assert data(by_label(whole)["cracks and boundaries"]) == [[0, 1], [len(parts), spent]]
    paid = by_label(whole)["work of swelling and the load\n+ energy at start"]
    assert data(paid) == [[0, 1], [50 + len(parts), 240 + len(parts)]]
    assert "µJ" in whole.get_ylabel()


def test_cycling_has_capacities_efficiency_and_voltages_by_cycle():
    cycles = columns(CYCLES) | {
        "Mean Charge Voltage / V": np.array([3.9, 3.91, 3.93]),
        "Mean Discharge Voltage / V": np.array([3.8, 3.78, 3.77]),
    }
    capacity, efficiency, voltage, lithium = cycling.cycling(cycles).axes
    number = [1, 2, 3]
    assert data(by_label(capacity)["charge"]) == [number, [210, 195, 185]]
    assert data(by_label(capacity)["discharge"]) == [number, [200, 190, 170]]
    assert data(efficiency.lines[0]) == [number, [95.2, 97.4, 91.9]]
    assert data(by_label(voltage)["charge"]) == [number, [3.9, 3.91, 3.93]]
    assert data(by_label(voltage)["discharge"]) == [number, [3.8, 3.78, 3.77]]
    assert data(lithium.lines[0]) == [number, [97, 94, 92]]


def test_the_ground_is_grey_where_cycles_were_jumped():
    means = np.array([3.9, 3.91, 3.93])
    cycles = History(
        columns(CYCLES)
        | {
            "Cycle Index / 1": np.array([1.0, 2.0, 9.0]),
            "Jumped Cycles / 1": np.array([0.0, 0.0, 6.0]),
            "Mean Charge Voltage / V": means,
            "Mean Discharge Voltage / V": means,
        }
    )
    assert cycling.jumped_spans(cycles) == [(2.0, 9.0)]
    for axes in cycling.cycling(cycles).axes:
        (grey,) = axes.patches
        assert [grey.get_x(), grey.get_width()] == [2.0, 7.0]


def test_rate_capability_shows_each_capacity_and_their_mean():
    table = {
        "Cycle Index / 1": np.array([1.0, 2.0, 3.0]),
        "Discharge Rate / 1": np.array([0.5, 0.5, 2.0]),
        "Discharge Capacity / mA.h.g-1": np.array([200.0, 190.0, 160.0]),
    }
    axes = cycling.rate_capability(table).axes[0]
    assert data(axes.lines[0]) == [[0.5, 2.0], [195, 160]]
    assert data(axes.lines[1]) == [[0.5, 0.5, 2.0], [200, 190, 160]]


def test_wet_area_and_films_in_their_units(history):
    area, film = slow.surfaces(history).axes
    assert data(area.lines[0]) == [HOURS, [0.31, 0.42, 0.43, 0.54, 0.55]]
    assert data(film.lines[0]) == [HOURS, [1, 2, 3, 4, 6]]  # nm
    assert film.lines[0].get_label() == "mean film"
    assert film.get_ylabel() == "Thickness / nm"


def test_layers_on_the_oxide_stand_beside_films(history):
    layers = {"Mean Rock Salt / m": 1e-9 * np.arange(5), "Mean Recession / m": np.zeros(5)}
    table = columns(dict(history) | layers)
    lines = by_label(slow.surfaces(table).axes[1])
    assert list(lines) == ["mean film", "mean rock salt"]  # nothing was dissolved
    assert data(lines["mean rock salt"]) == [HOURS, [0, 1, 2, 3, 4]]  # nm


def test_wear_in_percent_by_its_names(history):
    history["Mean Damage / 1"] = np.array([0.0, 0.05, 0.06, 0.07, 0.09])
    lines = by_label(slow.wear(history).axes[0])
    assert data(lines["mean damage"]) == [HOURS, [0, 5, 6, 7, 9]]
    assert data(lines["mean fatigue"]) == [HOURS, [0, 1, 2, 3, 4]]
    assert data(lines["mean corrosion"]) == [HOURS, [0, 2, 3, 4, 6]]


def test_a_group_that_only_a_mechanism_knows_has_a_figure_with_a_frame_for_each_unit(history):
    rust = {
        "Mean Rust / m": Column("Mean Rust", "m", "outer rust", "Thickness of the rust."),
        "Largest Rust / m": Column("Largest Rust", "m", "outer rust", "Its most."),
        "Rusty Fraction / 1": Column("Rusty Fraction", "1", "outer rust", "Share with rust."),
    }
    values = {header: np.arange(5.0) + at for at, header in enumerate(rust)}
    figures = slow.own(History(history | values, history.about | rust))
    thick, share = figures["outer_rust"].axes
    assert list(figures) == ["outer_rust"]
    assert data(by_label(thick)["mean rust"]) == [HOURS, [0, 1, 2, 3, 4]]
    assert data(by_label(thick)["largest rust"]) == [HOURS, [1, 2, 3, 4, 5]]
    assert data(by_label(share)["rusty"]) == [HOURS, [2, 3, 4, 5, 6]]
    assert (thick.get_ylabel(), share.get_ylabel()) == ("Outer rust / m", "Outer rust / 1")


@pytest.fixture
def cracks():
    return CRACKS | {
        "bins": CRACKS["bins"] | {
            "width_m": [1e-9, 4e-9, 16e-9],
            "angle_deg": [0, 45, 90],
            "trace_deg": [0, 90, 180],
        },
        "boundaries": CRACKS["boundaries"] | {"by_angle": [0.5, 0.4], "by_direction": [3.0, 1.0]},
        "ends": [
            {
                "Cycle Index / 1": 1.0, "Test Time / s": 60.0, "Voltage / V": 4.3,
                "by_depth": [0.2, 0.0, 0.0], "by_width": [0.02, 0.03, 0.21, 0.0],
                "by_angle": [0.2, 0.1], "by_direction": [0.4, 0.1],
            },
            {
                "Cycle Index / 1": 2.0, "Test Time / s": 7200.0, "Voltage / V": 2.7,
                "by_depth": [0.1, 0.3, 0.0], "by_width": [0.20, 0.11, 0.05, 0.0],
                "by_angle": [0.3, 0.1], "by_direction": [0.6, 0.2],
            },
        ],
    }  # fmt: skip


def test_widths_are_spread_where_cracks_gape_most(history, cracks):
    history["Largest Crack Width / m"] = 1e-9 * np.array([0, 30, 12, 44, 16])
    course, spread = crack_figures.widths(history, cracks).axes
    assert data(by_label(course)["largest"]) == [HOURS, [0, 30, 12, 44, 16]]
    assert data(by_label(course)["mean"]) == [HOURS, [0, 7, 3, 9, 4]]
    drawn = spread.patches[0].get_data()
    assert list(drawn.values) == pytest.approx([3, 21])  # the first end, in percent
    assert list(drawn.edges) == pytest.approx([1, 4, 16])  # nm
    assert spread.get_xlabel() == "Width / nm, at 1 min, 4.30 V; closed: 2 %"


def test_depth_shows_the_cracked_share_of_what_there_is_at_the_end_of_each_cycle(cracks):
    early, late = crack_figures.depth(cracks).axes[0].patches
    assert list(early.get_data().values)[:2] == pytest.approx([40, 0])
    assert list(late.get_data().values)[:2] == pytest.approx([20, 75])
    assert list(late.get_data().edges) == pytest.approx([0, 1, 2, 4])  # um
    assert (early.get_label(), late.get_label()) == ("cycle 1", "cycle 2")


def test_directions_are_those_of_the_last_cycle(cracks):
    rose, to_radius = crack_figures.directions(cracks).axes
    heights = [bar.get_height() for bar in rose.patches]
    assert heights == pytest.approx([75, 25, 75, 25, 75, 25, 75, 25])  # all, then cracked
    assert [bar.get_x() for bar in rose.patches[:2]] == pytest.approx([0, np.pi / 2])
    assert list(to_radius.patches[0].get_data().values) == pytest.approx([60, 25])
    assert list(to_radius.lines[0].get_ydata()) == pytest.approx([40, 40])  # cracked of all


def test_growth_takes_the_end_of_each_cycle_and_the_width_at_its_widest(history):
    history |= {
        "Cracks / 1": np.array([0.0, 3.0, 4.0, 6.0, 5.0]),
        "Connected Crack Fraction / 1": np.array([np.nan, 0.5, 0.25, 0.5, 0.8]),
    }
    extent, number, width = crack_figures.growth(history).axes
    assert data(by_label(extent)["cracked"]) == [[1, 2], [12, 25]]
    assert data(by_label(extent)["of it open to the outside"]) == [[1, 2], [3, 20]]
    assert data(number.lines[0]) == [[1, 2], [4, 5]]
    assert data(width.lines[0]) == [[1, 2], [7, 9]]


def test_forces_have_their_displacement_and_prefixes():
    history = {
        "Load Factor / 1": np.array([0.0, 1.0]),
        "Force right x / N.m-1": np.array([0.0, 5.0]),
        "Displacement right x / m": np.array([0.0, 2e-6]),
        "Force top y / N.m-1": np.array([0.0, -3.0]),
        "Displacement top y / m": np.array([0.0, -1e-6]),
        "External Work / J.m-1": np.array([0.0, 1e-6]),
    }
    lines = by_label(force(columns(history)).axes[0])
    assert data(lines["right x"]) == [[0, 2], [0, 5]]
    assert data(lines["top y"]) == [[0, -1], [0, -3]]


def test_a_specimen_shows_how_it_cracks_over_its_increments_and_the_force_behind():
    history = {
        "Load Factor / 1": np.array([0.0, 0.5, 1.0]),
        "Mean Damage / 1": np.array([0.0, 0.1, 0.3]),
        "Cracked Fraction / 1": np.array([0.0, 0.05, 0.2]),
        "Cracked Grain Fraction / 1": np.array([0.0, 0.01, 0.02]),
        "Largest Opening / m": 1e-9 * np.array([-1.0, 2.0, 40.0]),
        "Force right x / N.m-1": np.array([0.0, 5.0, -2.0]),
        "Displacement right x / m": np.array([0.0, 2e-6, 4e-6]),
        "External Work / J.m-1": np.array([0.0, 1e-6, 2e-6]),
    }
    extent, opening, force_behind, _ = loaded.cracking(columns(history)).axes
    steps = [0, 1, 2]
    assert data(by_label(extent)["mean damage"]) == [steps, [0, 10, 30]]
    assert data(by_label(extent)["cracked"]) == [steps, [0, 5, 20]]
    assert data(by_label(extent)["cracked grains"]) == [steps, [0, 1, 2]]
    assert data(opening.lines[0]) == [steps, [0, 2, 40]]  # nm; overlap is no opening
    assert data(force_behind.lines[0]) == [steps, [0, 5, 2]]


def spectrum(real):
    """A table of one spectrum of two frequencies; real: ohm m^2."""
    return {
        "Spectrum Index / 1": np.array([1.0, 1.0]),
        "Frequency / Hz": np.array([100.0, 1.0]),
        "Real Impedance / ohm.m2": np.array(real),
        "Imaginary Impedance / ohm.m2": np.array([-4e-4, -6e-4]),
        "Voltage / V": np.array([3.9, 3.9]),
        "Mean Occupancy / 1": np.array([0.6, 0.6]),
    }


def test_spectra_in_ohm_square_centimetres_against_frequency():
    arcs = {"Arc Width / ohm.m2": np.array([5e-4])}
    nyquist, modulus, phase = probing.impedance(spectrum([3e-4, 8e-4]), arcs).axes
    assert data(nyquist.lines[0]) == [[3, 8], [4, 6]]
    assert data(modulus.lines[0]) == [[100, 1], [5, 10]]
    assert data(phase.lines[0]) == [[100, 1], list(np.degrees(np.arctan2([4, 6], [3, 8])))]
    assert nyquist.lines[0].get_label() == "3.900 V, x = 0.60, arcs 5 $\\Omega$ cm$^2$"


@pytest.mark.parametrize(
    ("real", "left", "right"),
    [([3e-4, 8e-4], 0.0, 8.8), ([503e-4, 508e-4], 502.5, 502.5 + 1.1 * 5.5)],
)
def test_a_nyquist_plot_begins_at_zero_unless_most_of_it_were_empty(real, left, right):
    axes = probing.impedance(spectrum(real)).axes[0]
    assert axes.get_xlim() == pytest.approx((left, right))
    assert axes.get_ylim() == pytest.approx((0.0, right - left))


def test_a_titration_shows_voltage_diffusivity_and_polarization():
    history = {
        "Pulse Index / 1": np.array([0.0, 1.0, 1.0, 2.0]),
        "Test Time / s": np.array([0.0, 3600.0, 7200.0, 10800.0]),
        "Voltage / V": np.array([3.4, 3.5, 3.6, 3.7]),
    }
    pulses = {
        "Test Time / s": np.array([3600.0, 10800.0]),
        "Voltage Before / V": np.array([3.45, 3.55]),
        "Occupancy Before / 1": np.array([0.9, 0.7]),
        "Occupancy After / 1": np.array([0.8, 0.6]),
        "Apparent Diffusivity / m2.s-1": np.array([2e-15, 3e-15]),
        "Diffusion Length / m": np.array([2e-6, 2e-6]),
        "Specific Current / mA.g-1": np.array([20.0, -20.0]),
        "Polarization / V": np.array([0.01, -0.02]),
        "Jump / V": np.array([0.003, -0.004]),
    }
    voltage, diffusivity, polarization = probing.titration(history, pulses).axes
    assert data(voltage.lines[0]) == [[0, 1, 2], [3.5, 3.6, 3.7]]
    assert data(voltage.lines[1]) == [[0, 2], [3.45, 3.55]]
    assert data(diffusivity.lines[0]) == [[0.85, 0.65], [2e-15, 3e-15]]
    assert diffusivity.get_title(loc="left") == "Weppner and Huggins, R = 2 µm"
    assert data(by_label(polarization)["polarization"]) == [[0.85, 0.65], [10, 20]]  # mV
    assert data(by_label(polarization)["jump"]) == [[0.85, 0.65], [3, 4]]


def test_a_sweep_shows_its_current_its_peak_and_its_rate():
    history = {
        "Step Index / 1": np.zeros(4),
        "Step Time / s": np.array([0.0, 1.0, 2.0, 3.0]),
        "Voltage / V": np.array([3.5, 3.6, 3.7, 3.8]),
        "Specific Current / mA.g-1": np.array([0.0, 10.0, 30.0, 20.0]),
    }
    table = {
        "Step Index / 1": np.zeros(1),
        "Direction / 1": np.ones(1),
        "Peak Potential / V": np.array([3.7]),
        "Peak Specific Current / mA.g-1": np.array([30.0]),
        "Sweep Rate / V.s-1": np.array([1e-4]),
    }
    axes = probing.sweeps(history, table).axes[0]
    assert data(axes.lines[0]) == [[3.6, 3.7, 3.8], [10, 30, 20]]
    assert data(axes.lines[1]) == [[3.7], [30]]
    assert axes.get_title(loc="left") == "0.1 mV/s"
    assert axes.get_ylim() == pytest.approx((-0.18 * 30, 1.18 * 30))


def test_differential_capacity_is_above_on_charge_and_below_on_discharge():
    up = np.linspace(0, 100, 51)
    net = np.concatenate([[0], up, up[::-1]])
    history = {
        "Step Index / 1": np.repeat([0.0, 1.0], [52, 51]),
        "Cycle Index / 1": np.ones(103),
        "Net Charge / mA.h.g-1": net,
        "Voltage / V": 3.5 + net / 200,
        "Specific Current / mA.g-1": np.repeat([50.0, -50.0], [52, 51]),
    }
    axes = cycling.differential(history).axes[0]
    for line, slope, colour in zip(
        axes.lines[:2], (200, -200), (style.BLUE, style.VERMILION), strict=True
    ):
        voltage, drawn = line.get_data()
        assert drawn[20:-20] == pytest.approx(np.full(len(drawn) - 40, slope))
        assert (voltage.min(), voltage.max()) == pytest.approx((3.5, 4.0), abs=4e-3)
        assert to_hex(line.get_color()) == colour.lower()
