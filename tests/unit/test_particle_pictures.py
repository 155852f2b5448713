"""Pictures of a particle: which moments, which colours, how wide a crack, how far displaced."""

import meshio
import numpy as np
import pytest
from matplotlib.collections import LineCollection, TriMesh

from solver.results.frames import Frame, FramePart, frame_files, mean_openings, read_frame
from solver.results.particle import (
    CRACK_COLOURS,
    HALO,
    THINNEST,
    WIDEST,
    Scales,
    draw_panels,
    lithium_and_stress,
    shared_scales,
    span,
)
from solver.results.plots import draw, moments

LINE = np.array([[0.0, 0, 0], [3, 0, 0], [3, 1, 0]])  # facets of the lengths 3 and 1
OPENINGS = ([0.0, 0.0, 0.0], [8.0, 8.0, 0.0], [0.0, 10.0, 10.0], [-9.0, -9.0, 4.0])  # nm
PAIR = np.array([[0.0, 0, 0], [2, 0, 0], [2, 2, 0], [0.0, 0, 0], [2, 2, 0], [0, 2, 0]])


def picture(frame, scales):
    """A frame as it is drawn, with a title."""
    return draw_panels(frame, scales, "a", "b", lithium_and_stress(frame, scales))


def write_pvd(folder, name, frames):
    sets = "".join(
        f'<DataSet timestep="{time}" file="{name}{k}.vtu"/>' for k, (time, _) in enumerate(frames)
    )
    (folder / f"{name}.pvd").write_text(f"<VTKFile><Collection>{sets}</Collection></VTKFile>")
    for k, (_, frame) in enumerate(frames):
        frame.write(folder / f"{name}{k}.vtu")


@pytest.mark.parametrize(
    ("occupancy", "shown"),
    [(0.5, (0.45, 0.55)), (0.99, (0.9, 1.0)), (0.02, (0.0, 0.1)), ([0.2, 0.8], (0.2, 0.8))],
)
def test_colours_of_lithium_span_a_tenth_or_more_of_what_there_can_be(occupancy, shown):
    values = np.repeat(np.atleast_1d(occupancy), 100)
    assert span(values) == pytest.approx(shown)


@pytest.fixture
def fields(tmp_path):
    """Four frames of two grains in a square, and of a boundary of two facets."""
    folder = tmp_path / "fields"
    folder.mkdir()
    boundaries, grains = [], []
    for k, opening in enumerate(OPENINGS):
        at_points = {"opening / nm": np.array(opening), "damage": np.ones(3)}
        lines = meshio.Mesh(LINE, [("line", [[0, 1], [1, 2]])], at_points)
        moved = np.zeros((6, 3))
        moved[3:, 0] = 0.02 * (k == 2)
        stress = np.full(6, 100.0 * (k + 1))
        values = {
            "occupancy": np.repeat([0.9 - 0.2 * k, 0.8 - 0.2 * k], 3),
            "displacement / um": moved,
            "first principal stress / MPa": stress,
        }
        cells = {"grain": [np.array([0.0, 1.0])]}
        triangles = meshio.Mesh(PAIR, [("triangle", [[0, 1, 2], [3, 4, 5]])], values, cells)
        boundaries.append((1000.0 * k, lines))
        grains.append((1000.0 * k, triangles))
    write_pvd(folder, "boundaries", boundaries)
    write_pvd(folder, "particle", grains)
    return folder


def test_openings_are_averaged_over_lengths_and_overlap_is_none(fields):
    # 8 and 4 over 3 to 1; 5 and 10; 0 and 2
    assert mean_openings(fields) == pytest.approx([0.0, 7.0, 6.25, 0.5])


HISTORY = {
    "Test Time / s": np.array([0.0, 1000.0, 1900.0, 3000.0]),
    "Voltage / V": np.array([3.5, 3.9, 4.3, 2.8]),
    "Mean Occupancy / 1": np.array([0.95, 0.6, 0.25, 0.9]),
    "Net Charge / mA.h.g-1": np.array([0.0, 100.0, 200.0, 10.0]),
    "Cycle Index / 1": np.ones(4),
}


def test_each_moment_is_the_frame_that_it_is_named_after(fields):
    times = np.array([time for time, _ in frame_files(fields / "particle.pvd")])
    chosen = {name: number for name, (number, _) in moments(times, HISTORY, fields).items()}
    assert chosen == {
        "particle_start": 0, "particle_widest": 1, "particle_charged": 2, "particle_end": 3
    }  # fmt: skip


def test_pictures_say_when_and_how_far_displacements_are_enlarged(fields, monkeypatch):
    drawn = {}
    monkeypatch.setattr(
        "solver.results.style.save", lambda figure, path: drawn.update({path.stem: figure}) or path
    )
    monkeypatch.setattr("solver.results.plots._families", _pictures_alone)
    draw(fields.parent)
    titles = {name: figure.get_suptitle().splitlines()[1] for name, figure in drawn.items()}
    times = "\N{MULTIPLICATION SIGN}"  # 10 % of 2 um are 10 times 20 nm, in all pictures
    assert titles == {
        "particle_start": f"0 s, 3.500 V, mean occupancy 0.95, displacements {times}10",
        "particle_widest": f"17 min, 3.900 V, mean occupancy 0.60, displacements {times}10",
        "particle_charged": f"33 min, 4.300 V, mean occupancy 0.25, displacements {times}10",
        "particle_end": f"50 min, 2.800 V, mean occupancy 0.90, displacements {times}10",
    }
    charged = drawn["particle_charged"].axes[0]
    assert triangles(charged)._triangulation.x.max() == pytest.approx(2.2)
    assert triangles(drawn["particle_end"].axes[0])._triangulation.x.max() == pytest.approx(2.0)


def _pictures_alone(directory):
    from solver.results.plots import _particle_pictures

    yield _particle_pictures(directory, HISTORY)


def triangles(axes):
    return next(shape for shape in axes.collections if isinstance(shape, TriMesh))


def test_lithium_is_left_and_stress_is_right_in_their_own_values(fields):
    frame = read_frame(fields, 1)
    left, right = picture(frame, Scales(1500.0, 50.0)).axes[:2]
    assert sorted(set(triangles(left).get_array())) == pytest.approx([0.6, 0.7])
    assert list(triangles(right).get_array()) == pytest.approx([0.2] * 6)  # GPa
    assert triangles(right).norm.vmax == pytest.approx(1.5)
    assert triangles(right).norm.vmin == pytest.approx(-1.5)


def test_scales_are_shared_by_all_pictures_of_a_run(fields):
    frames = [read_frame(fields, number) for number in range(4)]
    scales = shared_scales(frames)
    assert scales.stress == pytest.approx(400.0)
    assert scales.opening == pytest.approx(10.0)  # of a facet


def test_a_crack_is_wider_and_darker_the_more_it_is_open(fields):
    frame = read_frame(fields, 2)  # facets open by 5 and 10 nm
    axes = picture(frame, Scales(1.0, 10.0)).axes[0]
    halo, cracks = [shape for shape in axes.collections if isinstance(shape, LineCollection)][-2:]
    half = THINNEST + (WIDEST - THINNEST) / 2
    assert list(cracks.get_linewidths()) == pytest.approx([half, WIDEST])
    assert list(halo.get_linewidths()) == pytest.approx([half + HALO, WIDEST + HALO])
    assert np.allclose(cracks.get_colors(), CRACK_COLOURS([0.5, 1.0]))
    assert [list(map(tuple, line)) for line in cracks.get_segments()] == [
        [(0, 0), (3, 0)], [(3, 0), (3, 1)]
    ]  # fmt: skip


def test_the_legend_of_cracks_names_round_openings(fields):
    figure = picture(read_frame(fields, 2), Scales(1.0, 73.0))
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["crack, closed", "open 10 nm", "open 25 nm", "open 50 nm"]
    widths = [line.get_linewidth() for line in figure.legends[0].get_lines()]
    assert widths == pytest.approx(THINNEST + (WIDEST - THINNEST) * np.array([0, 10, 25, 50]) / 73)


def test_only_what_has_parted_is_a_crack():
    at_nodes = {"opening / nm": np.array([5.0, 5.0, 5.0]), "damage": np.array([1.0, 1.0, 0.2])}
    facets = FramePart(LINE, np.array([[0, 1], [1, 2]]), at_nodes, {})
    grains = FramePart(
        PAIR,
        np.array([[0, 1, 2], [3, 4, 5]]),
        {"occupancy": np.full(6, 0.5), "first principal stress / MPa": np.full(6, 50.0)},
        {},
    )
    axes = picture(Frame(0.0, grains, facets), Scales(50.0, 5.0)).axes[0]
    cracks = [shape for shape in axes.collections if isinstance(shape, LineCollection)][-1]
    assert len(cracks.get_segments()) == 1
