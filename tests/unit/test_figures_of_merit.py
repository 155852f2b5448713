"""Every number that a page tells is the one that the run has, in the unit that stands with it."""

import numpy as np
import pytest

from solver.results import figures_of_merit as merit
from solver.results.headlines import headlines, leading_picture, of_columns, over_full
from solver.results.history import History
from solver.results.loads_of_merit import loads
from solver.results.prefix import in_symbols
from solver.results.settings import in_order, mechanisms, setting
from solver.units.columns import Column
from tests.unit.record_example import CRACKS, CYCLES, columns, make_record

SUMMARY = {
    "status": "finished",
    "reason": "the whole protocol was done",
    "steps": 151,
    "rejected_steps": 3,
    "newton_iterations": 1813,
    "dofs": 6458,
    "ranks": 2,
    "wall_time_s": 15.5,
    "lithium_error": 2.5e-15,
    "charge_capacity_mAh_per_g": [210.0, 195.0, 185.0],
    "discharge_capacity_mAh_per_g": [200.0, 190.0, 170.0],
    "voltage": {"mean_charge_V": 3.91, "mean_discharge_V": 3.82},
    "boundary": {"cracked_fraction": 0.25, "first_charge_cracked_fraction": 0.11},
    "cracks": {
        "number": 9.0,
        "area_m2_per_g": 0.217,
        "mean_width_m": 6e-9,
        "connected_fraction": 0.31,
        "radial_alignment": -0.067,
        "largest_mean_width_m": 1.9e-8,
        "largest_width_m": 7.3e-8,
    },
    "energy": {"elastic_J_per_m": 2.5e-5, "fracture_J_per_m": 4e-8, "bond_J_per_m": 0.0},
    "energy_error": 6.5e-11,
    "electrical_error": 3.2e-3,
    "algorithmic_share": 0.041,
    "lowest_dissipation": -2.7e-15,
}


@pytest.fixture
def record():
    return make_record(summary=SUMMARY)


def test_capacities_and_what_is_left_of_the_first(record):
    assert merit.capacities(record) == [
        ("first charge", "210 mA h/g"),
        ("first discharge", "200 mA h/g"),
        ("last discharge", "170 mA h/g"),
        ("of the first", "85 %"),
        ("mean charge voltage", "3.91 V"),
        ("mean discharge voltage", "3.82 V"),
    ]


def test_how_many_cycles_were_resolved_is_told_where_some_were_not():
    jumped = make_record(summary=SUMMARY | {"resolved_cycles": 22, "jumped_cycles": 38})
    told = ("cycles resolved", "22 of 60, the others are extrapolated")
    assert merit.capacities(jumped)[0] == told
    none = make_record(summary=SUMMARY | {"resolved_cycles": 60, "jumped_cycles": 0})
    assert told[0] not in dict(merit.capacities(none))


def test_cracks_their_widths_and_the_first_one(record):
    assert merit.cracks(record) == [
        ("cracked share of boundaries", "25 %"),
        ("after the first charge", "11 %"),
        ("connected cracks", "9"),
        ("crack area, both faces", "0.217 m²/g"),
        ("mean width at its widest", "19 nm"),
        ("largest width", "73 nm"),
        ("open to the outside, of it", "31 %"),
        ("radial alignment", "-0.067"),
        ("radial alignment of all boundaries", "0.31"),
        (
            "first crack",
            "1.5 h, 4.125 V, between grain_3 and grain_8, 0.7 µm deep at (1.5, -0.5) µm",
        ),
    ]


def test_areas_of_a_plane_particle_are_set_against_a_ball():
    record = make_record(summary=SUMMARY | {"ball_area_ratio": 1.25})
    told = dict(merit.cracks(record))["crack area, both faces"]
    assert told == "0.217 m²/g (a ball of such sections: 0.271)"
    assert "boundaries have 1.25 times the area" in of_columns(record)


def test_areas_of_a_ball_need_no_other(record):
    solid = make_record(summary=SUMMARY | {"ball_area_ratio": 1.0})
    assert merit.cracks(solid) == merit.cracks(record)
    assert of_columns(solid) is of_columns(record) is None


def test_what_is_softened_stands_beside_what_is_cracked():
    shares = {"cracked_fraction": 0.25, "softened_fraction": 0.47, "half_softened_fraction": 0.33}
    record = make_record(summary=SUMMARY | {"boundary": shares})
    assert merit.cracks(record)[:3] == [
        ("cracked share of boundaries", "25 %"),
        ("softened, cracked or not", "47 %"),
        ("softened by more than half", "33 %"),
    ]
    assert dict(headlines(record))["boundaries cracked"] == "25 %, softened 47 %"


def test_wear_surfaces_and_impedance_at_the_end(record):
    assert merit.wear(record) == [
        ("mean fatigue", "4 %"),
        ("mean corrosion", "6 %"),
    ]
    assert merit.surfaces(record) == [
        ("wet area", "0.31 at the start, 0.55 m²/g at the end"),
        ("mean film", "1 at the start, 6 nm at the end"),
        ("covered by film", "20 at the start, 70 % at the end"),
        ("charge bound in films", "0 at the start, 3.5 mA h/g at the end"),
    ]
    assert merit.impedance(record) == [
        ("width of the arcs", "12 Ω cm²"),
        ("in the last spectrum", "15 Ω cm²"),
    ]


def test_layers_on_the_oxide_are_told_at_the_end():
    layers = {
        "Mean Rock Salt / m": [0.0, 6.5e-9],
        "Transformed Oxide / 1": [0.0, 0.034],
        "Mean Recession / m": [0.0, 0.0],
    }
    record = make_record(tables={"history": columns(layers)})
    assert merit.surfaces(record) == [("mean rock salt", "6.5 nm"), ("transformed oxide", "3.4 %")]


def test_other_wear_has_its_own_names_and_units():
    names = ("Mean Sliding", "Largest Grain Crack", "Cracked Grain Fraction")
    history = columns({f"{name} / 1": [0.0, 0.1, 0.25] for name in names})
    assert merit.wear(make_record(tables={"history": history})) == [
        ("mean sliding", "0.25"),
        ("largest grain crack", "0.25"),
        ("cracked grain fraction", "25 %"),
    ]


def test_a_group_that_only_a_mechanism_knows_is_told_by_itself():
    thick = Column("Mean Rust", "m", "rust", "Thickness of the rust.")
    history = History({"Mean Rust / m": np.array([0.0, 3e-9])}, {"Mean Rust / m": thick})
    record = make_record(tables={"history": history})
    assert merit.own(record) == {"rust": [("mean rust", "3 nm")]}
    assert merit.wear(record) == []


def test_energies_have_the_prefix_that_suits_them_and_the_depth(record):
    assert merit.energies(record) == [
        ("elastic", "25 µJ/m"),
        ("fracture", "40 nJ/m"),
        ("bond", "0 J/m"),
        ("energy balance, error", "6.5e-09 %"),
        ("electrical work, error", "0.32 %"),
        ("algorithmic share of the fracture energy", "4.1 %"),
        ("lowest dissipation of a step, of the elastic energy", "-2.7e-13 %"),
    ]


def test_effort_and_origin(record):
    assert merit.effort(record) == [
        ("status", "finished"),
        ("reason", "the whole protocol was done"),
        ("time steps", "151"),
        ("rejected", "3"),
        ("Newton iterations", "1813"),
        ("unknowns", "6458"),
        ("ranks", "2"),
        ("wall time", "15.5 s"),
        ("lithium balance, error", "2.5e-15"),
    ]
    told = {"versions": {"dolfinx": "0.9.0"}, "mesh_key": "ab", "seed": 1, "start": "then"}
    assert merit.origin(make_record(metadata=told)) == [
        ("dolfinx", "0.9.0"),
        ("mesh key", "ab"),
        ("seed", "1"),
        ("start", "then"),
    ]


def test_effort_tells_of_systems_that_cycles_did_not_solve():
    told = merit.effort(make_record(summary={"fallbacks": 21}))
    assert told == [("linear systems left to factors", "21")]
    assert merit.effort(make_record(summary={"fallbacks": 0})) == []


def test_the_table_of_cycles_has_every_column_in_its_unit(record):
    head, lines = merit.cycle_table(record)
    assert head == [
        "cycle", "charge / mA h/g", "discharge / mA h/g", "efficiency / %",
        "lithium left / %", "softened / %", "cracked / %", "wet area / m²/g", "mean film / nm",
    ]  # fmt: skip
    assert lines[0] == ["1", "210", "200", "95.2", "97", "21", "11", "0.41", "2"]
    assert lines[2] == ["3", "185", "170", "91.9", "92", "43", "33", "0.44", "5"]


def test_of_many_cycles_the_first_and_the_last_are_shown():
    numbers = np.arange(1.0, 101.0)
    _, lines = merit.cycle_table(make_record(tables={"cycles": {"Cycle Index / 1": numbers}}))
    assert len(lines) == merit.MOST_CYCLES
    assert (lines[0], lines[1], lines[-1]) == (["1"], ["10"], ["100"])


def test_the_numbers_asked_for_first(record):
    assert headlines(record) == [
        ("discharge capacity", "200 \N{RIGHTWARDS ARROW} 170 mA h/g (85 %)"),
        ("boundaries cracked", "25 %"),
        ("widest crack", "73 nm"),
        ("arcs of the impedance", "12 \N{RIGHTWARDS ARROW} 15 Ω cm²"),
        ("it ended", "finished: the whole protocol was done"),
    ]


def test_without_spectra_the_wet_area_is_asked_for():
    history = {"Wet Area / m2.g-1": np.array([0.31, 0.4, 0.55])}
    record = make_record(summary=SUMMARY, tables={"history": history})
    assert dict(headlines(record))["wet area"] == "0.31 \N{RIGHTWARDS ARROW} 0.55 m²/g"


def test_the_page_begins_with_the_widest_cracks_if_they_were_drawn(tmp_path):
    drawn = dict.fromkeys(("voltage", "particle_end", "particle_widest"), tmp_path)
    assert leading_picture(make_record(figures=drawn)) == "particle_widest"
    assert leading_picture(make_record(figures={"voltage": tmp_path})) == "voltage"
    assert leading_picture(make_record()) is None


def test_an_efficiency_over_one_is_explained_by_where_the_cycle_began_and_ended():
    history = {
        "Cycle Index / 1": np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0]),
        "Mean Occupancy / 1": np.array([0.95, 0.2, 0.91, 0.6, 0.2, 0.97]),
    }
    cycles = columns(CYCLES) | {"Coulombic Efficiency / 1": np.array([0.95, 1.08, np.nan])}
    told = over_full(make_record(tables={"history": history, "cycles": cycles}))
    assert "efficiency of cycle 2 over 100 %" in told
    assert "occupancy of 0.9100 and its discharge ended at 0.9700" in told
    cycles["Coulombic Efficiency / 1"] = np.array([1.02, 0.99, 0.99])
    history["Mean Occupancy / 1"][2] = 0.963
    told = over_full(make_record(tables={"history": history, "cycles": cycles}))
    assert "occupancy of 0.9500 and its discharge ended at 0.9630" in told
    assert over_full(make_record()) is None


def test_settings_are_told_with_their_units(record):
    assert setting(record) == [
        ("particle", "radius 3 µm, mesh boundary size 130 nm"),
        ("materials", "grain NMC76"),
        ("protocol", "Charge at C/2 until 4.3 V; Discharge at C/2 until 2.7 V"),
    ]
    assert mechanisms(record) == [("cohesive", True, "strength 1 GPa")]
    off = {"physics": {"fatigue": {"enabled": "no", "length": "4"}, "wetting": {"ramp": "5 s"}}}
    assert mechanisms(make_record(settings=off)) == [
        ("fatigue", False, ""),
        ("wetting", True, "ramp 5 s"),
    ]


def test_repeats_are_told_with_what_they_repeat():
    steps = ["Rest for 1 hour", {"3 times": ["Charge", {"load": {"to": "1"}}]}]
    assert in_order(steps) == "Rest for 1 hour; 3 times (Charge; load (to 1))"


def test_a_specimen_tells_its_peaks_and_means():
    peaks = {
        "right_x": {"force_N_per_m": 1.5e-3, "displacement_m": 2e-6},
        "right_y": {"force_N_per_m": 1e-12, "displacement_m": 2e-6},
    }
    summary = {
        "peaks": peaks,
        "energy": {"external_work_J_per_m": 1e-9},
        "load_factor": 0.75,
        "driven_increments": 4,
        "jumps": 2,
    }
    history = {
        "Mean Stress xx / Pa": np.array([0.0, 3.5e7]),
        "Mean Strain xx / 1": np.array([0.0, 1e-4]),
    }
    assert loads(make_record(summary=summary, tables={"history": columns(history)})) == [
        ("largest force, right x", "1.5 mN/m at 2 µm"),
        ("mean stress xx at the end", "35 MPa"),
        ("mean strain xx at the end", "0.0001"),
        ("load factor at the end", "0.75"),
        ("increments in which the crack was driven", "4"),
        ("jumps", "2"),
    ]
    record = make_record(summary=summary | {"status": "finished"}, cracks=CRACKS)
    assert headlines(record)[0] == ("largest force", "1.5 mN/m at 2 µm")


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("10 J/m^2", "10 J/m²"),
        ("48.39 kmol/m^3", "48.39 kmol/m³"),
        ("x 1.66 at 60 degC", "x 1.66 at 60 °C"),
        ("275.9 mAh/g, 0.4 um, 2.87 angstrom", "275.9 mA h/g, 0.4 µm, 2.87 Å"),
        ("R^2 x'/8D, 1e19 Pa/m", "R² x'/8D, 1e19 Pa/m"),
    ],
)
def test_units_are_printed_with_symbols(written, printed):
    assert in_symbols(written) == printed
