"""Figures and the page of a specimen, from what its trackers wrote."""

import json
import shutil

import numpy as np
import pytest
from ruamel.yaml import YAML

from solver.case.settings import settings
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.output.observe.group import columns_of
from solver.output.snapshot import Run
from solver.output.trackers import open_trackers
from solver.results.compared import CURVES
from solver.results.comparison import overlaid
from solver.results.force import force, largest_force, stress
from solver.results.frames import Frame, FramePart, frame_files, read_frame
from solver.results.history import read_history
from solver.results.loaded import figures
from solver.results.plots import draw
from solver.results.records import read_record
from solver.results.warp import deformed, enlargement
from tests.unit.record_example import columns
from tests.unit.test_report import page_of
from tests.verification.test_worn_specimens import case_and_bar

QUIET = "output={figures: {enabled: false}, report: {enabled: false}}"
BREAKS = ("physics.cohesive.toughness=0.2 J/m^2", "physics.cohesive.penalty=1e18 Pa/m")
PULLED = "[{load: {to: 20, increments: 30}}]"


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The run directory of a bar of two grains that was pulled apart."""
    directory = tmp_path_factory.mktemp("broken")
    case, bar = case_and_bar(PULLED, QUIET, *BREAKS)
    specimen = build_model(case, bar)
    YAML().dump(case.resolved(), directory / "resolved.yaml")
    (directory / "settings.json").write_text(json.dumps(settings(case)))
    simulation = Simulation(specimen)
    about = bar, specimen.spaces, directory, bar.mesh.comm, specimen.dofs
    run = Run(case, *about, columns=columns_of(simulation.groups))
    simulation.trackers = open_trackers(run)
    outcome = simulation.run()
    for tracker in simulation.trackers:
        tracker.finish(outcome)
    draw(directory)
    return directory


def test_a_specimen_has_figures_of_loads_cracks_and_energies(broken):
    drawn = {file.stem for file in (broken / "figures").glob("*.png")}
    assert drawn == {"force", "cracking", "energy", "loaded_peak", "loaded_end"}


def test_every_column_of_its_history_is_explained(broken):
    history = read_history(broken / "history.csv")
    assert list(history.about) == list(history)
    assert history.about["Force right x / N"].of == "right x"


def test_the_frame_of_the_largest_force_is_kept(broken):
    history = read_history(broken / "history.csv")
    pull = np.abs(history["Force right x / N"])
    times = [time for time, _ in frame_files(broken / "fields" / "particle.pvd")]
    assert len(times) == 3
    assert times[1] == history["Test Time / s"][np.argmax(pull)]
    stress = read_frame(broken / "fields", 1).grains.at_nodes["first principal stress / MPa"]
    assert stress.mean() == pytest.approx(pull.max() / 1e-3 / 1e-6 / 1e6, rel=0.1)


def test_a_specimen_that_is_pressed_is_drawn_where_it_bears_most(broken):
    """The same run as if it had been pushed: all its forces are negative."""
    pulled = read_history(broken / "history.csv")
    pressed = columns({h: -v if h.startswith("Force ") else v for h, v in pulled.items()})
    row = int(np.argmax(np.abs(pressed["Force right x / N"])))
    told = figures(broken, "bar", pressed)["loaded_peak"].get_suptitle()
    assert "largest force" in told
    assert f"load factor {pressed['Load Factor / 1'][row]:.3g}, " in told
    assert "x -" in told


def test_its_page_tells_how_it_was_loaded_and_what_it_bore(broken):
    page = page_of(broken)
    for part in (
        "finished", "load surface right, displacement x 1 nm", "largest force, right x",
        "young 70 GPa", "cracked share of boundaries 100 %", "external work", "jumps 0",
    ):  # fmt: skip
        assert part in page.text, part
    assert "lithium" not in page.text.lower().replace("lithium conductance", "")
    assert "temperature 298" not in page.text
    assert next(iter(page.pictures)) == "loaded_peak"
    assert page.text.index("largest force") < page.text.index("it ended finished")


def twice_as_strong(broken, directory):
    """The same run with every force doubled."""
    for name in ("summary", "metadata", "settings", "columns"):
        shutil.copyfile(broken / f"{name}.json", directory / f"{name}.json")
    shutil.copyfile(broken / "resolved.yaml", directory / "resolved.yaml")
    head, *lines = (broken / "history.csv").read_text().splitlines()
    forces = [column.startswith("Force ") for column in head.split(",")]
    doubled = [
        ",".join(
            str(2 * float(value)) if force else value
            for value, force in zip(line.split(","), forces, strict=True)
        )
        for line in lines
    ]
    (directory / "history.csv").write_text("\n".join([head, *doubled, ""]))
    return directory


def test_specimens_are_compared_by_their_forces(broken, tmp_path):
    records = [read_record(broken), read_record(twice_as_strong(broken, tmp_path))]
    one, other = overlaid(records, CURVES["force"]).axes[0].lines
    history = records[0].tables["history"]
    peak = np.abs(history["Force right x / N"]).max()
    assert np.abs(one.get_ydata()).max() == pytest.approx(1e3 * peak)  # mN
    assert list(other.get_ydata()) == pytest.approx(list(2 * one.get_ydata()))
    assert list(one.get_xdata()) == list(1e6 * history["Displacement right x / m"])
    page = page_of(broken, tmp_path)
    assert "force" in page.pictures
    assert "largest force, right x" in page.text
    assert "could not be drawn" not in page.text


def test_a_deformed_frame_takes_boundaries_along_between_their_sides():
    points = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0], [2, 0, 0], [1, 1, 0]])
    moved = np.repeat([[0.0, 0, 0], [0.02, 0, 0]], 3, axis=0)
    cells = np.array([[0, 1, 2], [3, 4, 5]])
    grains = FramePart(points, cells, {"displacement / um": moved}, {})
    boundary = FramePart(points[1:3], np.array([[0, 1]]), {}, {})
    frame = Frame(0.0, grains, boundary)
    assert enlargement([frame], 0.05) == 5.0  # 5 % of 2 um are 5 times 20 nm
    assert enlargement([frame], 0.1) == 10.0
    assert enlargement([frame], 0.001) == 1.0
    frame = deformed(frame, 5.0)
    assert frame.grains.points[3:, 0] == pytest.approx([1.1, 2.1, 1.1])
    assert frame.boundaries.points[:, 0] == pytest.approx([1.05, 1.05])


def test_forces_that_are_rounding_are_not_shown_and_mean_stress_is():
    """A body strained evenly all over bears stress, though its forces cancel."""
    even = {
        "Load Factor / 1": np.array([0.0, 1.0]),
        "Force outer x / N": np.array([0.0, 1e-15]),
        "Displacement outer x / m": np.array([0.0, 1e-14]),
        "External Work / J": np.array([0.0, 1e-12]),
        "Mean Stress xx / Pa": np.array([0.0, 3e7]),
        "Mean Stress xy / Pa": np.array([0.0, 1.0]),
        "Mean Strain xx / 1": np.array([0.0, 1e-4]),
    }
    assert force(columns(even)) is None
    assert largest_force(columns(even)) is None
    (axes,) = stress(columns(even)).axes
    assert [line.get_label() for line in axes.lines][:-1] == ["xx, at strain 0.0001"]
    assert list(axes.lines[0].get_xdata()) == [0.0, 1.0]
    assert list(axes.lines[0].get_ydata()) == [0.0, 30.0]  # MPa
    pulled = even | {"Displacement outer x / m": np.array([0.0, 1e3])}
    assert largest_force(columns(pulled)) == "Force outer x / N"
    assert stress(columns({h: v for h, v in even.items() if "Mean" not in h})) is None
