"""Strength and toughness of fresh boundaries: what the first charge to 4.6 V does to a ball.

./intergrain python benchmarks/strength_map.py [--strengths GPA,..] [--toughnesses J_PER_M2,..]
    [--case CASE] [--jobs N] [--set KEY=VALUE] [-o FOLDER]

Cracked and half softened area at the end of the charge; the share of the area at junctions (around
points where more than two grains meet) that is half softened then, and of the area between two
grains; the widest opening on the way. The law softens over a cohesive length, E G/strength^2: the
last column is a third of it, which the mesh should not exceed.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.patches import Rectangle
from runs import CASES, Done, Job, carried_out

from meshes.simplices import facet_areas
from solver.materials import load_boundary_material
from solver.results import style
from solver.results.frames import FramePart, frame_files, read_frame

STRENGTHS, TOUGHNESSES = "0.5,1,2", "3,5,10"
MODULUS = 150e9  # Pa, of a grain; for the cohesive length
CHARGE = ("physics.acceleration=1", "protocol=['Charge at C/3 until 4.6 V']")
FRAMES = ("output.figures.enabled=false", "output.fields.interval=10000 h")  # ends of steps only
HALF = 0.5
HEAD = (
    f"{'GPa':>5s} {'J/m2':>5s} {'final nm':>8s} {'status':9s} {'cracked/%':>9s} "
    f"{'half soft/%':>11s} {'junctions/%':>11s} {'between/%':>9s} {'widest/nm':>9s} "
    f"{'s':>5s} {'mesh/nm':>7s}"
)


class Damage(NamedTuple):
    """At the end of the charge, in percent of the area."""

    cracked: float
    half: float
    junctions: float
    between: float


def at_junctions(boundaries: FramePart) -> np.ndarray:
    """Which points of the boundaries stand where more than one pair of grains meets."""
    plus, minus = (boundaries.in_cells[f"{side} grain"].astype(int) for side in ("plus", "minus"))
    pair = np.minimum(plus, minus) * (1 + max(plus.max(), minus.max())) + np.maximum(plus, minus)
    places = np.round(boundaries.points * 1e5).astype(int)
    _, number = np.unique(places, axis=0, return_inverse=True)
    corners = number.ravel()[boundaries.cells]
    of_cell = np.repeat(pair, corners.shape[1])
    met = np.unique(np.column_stack([corners.ravel(), of_cell]), axis=0)
    return np.bincount(met[:, 0], minlength=number.max() + 1)[number.ravel()] > 1


def damage_of(boundaries: FramePart) -> Damage:
    """Return the damage that a frame of the boundaries holds, weighted by area."""
    separated = boundaries.at_nodes["damage"]
    weight, junction = areas(boundaries), at_junctions(boundaries)

    def share(which: np.ndarray, among: np.ndarray) -> float:
        return 100 * float(weight[which & among].sum() / weight[among].sum())

    everywhere = np.ones(len(weight), dtype=bool)
    half = separated >= HALF
    return Damage(
        share(separated >= 1 - 1e-9, everywhere),
        share(half, everywhere),
        share(half, junction),
        share(half, ~junction),
    )


def areas(boundaries: FramePart) -> np.ndarray:
    """Return the area that each point stands for: equal shares of its facet."""
    corners = boundaries.cells.shape[1]  # 2 in a plane, whose points have a third coordinate too
    size = facet_areas(boundaries.points[:, :corners], boundaries.cells)
    weight = np.zeros(len(boundaries.points))
    np.add.at(weight, boundaries.cells, size[:, None] / corners)
    return weight


def found(folder: Path) -> Damage | None:
    """Return the damage at the end of a run, None if it did not come to the end of a step."""
    frames = frame_files(folder / "fields" / "particle.pvd")
    if len(frames) < 2:
        return None
    return damage_of(read_frame(folder / "fields", len(frames) - 1).boundaries)


def line(done: Done, damage: Damage | None) -> str:
    """What came of a point of the map."""
    strength, toughness = (float(word) for word in done.job.key)
    shares = damage or Damage(*4 * (np.nan,))
    return (
        f"{strength:5.2f} {toughness:5.1f} {2 * toughness / strength:8.1f} "
        f"{done.summary.get('status', 'no run'):9s} {shares.cracked:9.2f} {shares.half:11.2f} "
        f"{shares.junctions:11.2f} {shares.between:9.2f} "
        f"{1e9 * done.value('boundary', 'largest_opening_m'):9.1f} {done.seconds:5.0f} "
        f"{1e9 * MODULUS * toughness / (strength * 1e9) ** 2 / 3:7.0f}"
    )


def draw(damages: dict[tuple[str, ...], Damage | None], path: Path) -> Path:
    """Draw the half softened share of junctions and the cracked area over both inputs.

    A frame marks what the library's dry boundary has.
    """
    dry = load_boundary_material("dry")
    chosen = f"{dry.strength / 1e9:g}", f"{dry.toughness:g}"
    strengths, toughnesses = (
        sorted({key[place] for key in damages}, key=float) for place in (0, 1)
    )
    shown = {"junctions": "half softened at junctions / %", "cracked": "cracked / %"}
    with style.look():
        figure = style.new_figure(7.2, 3.0)
        for place, (name, title) in enumerate(shown.items()):
            table = [[getattr(damages.get((s, t)), name, np.nan) for s in strengths]
                     for t in toughnesses]  # fmt: skip
            axes = figure.add_subplot(1, 2, 1 + place)
            axes.imshow(table, origin="lower", cmap="magma_r", vmin=0, vmax=100, aspect="auto")
            for (row, column), value in np.ndenumerate(np.array(table)):
                colour = "white" if value > 50 else "black"
                axes.text(column, row, f"{value:.1f}", ha="center", va="center", color=colour)
            if chosen in damages:
                corner = strengths.index(chosen[0]) - 0.48, toughnesses.index(chosen[1]) - 0.48
                axes.add_patch(Rectangle(corner, 0.96, 0.96, fill=False, ec=style.BLUE, lw=2))
            axes.set_xticks(range(len(strengths)), strengths)
            axes.set_yticks(range(len(toughnesses)), toughnesses)
            axes.set(title=title, xlabel="strength / GPa", ylabel="toughness / J m$^{-2}$")
        return style.save(figure, path)


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Strength and toughness in the first cycle")
    parser.add_argument("--strengths", default=STRENGTHS, metavar="GPA,..")
    parser.add_argument("--toughnesses", default=TOUGHNESSES, metavar="J_PER_M2,..")
    parser.add_argument("--case", type=Path, default=CASES / "ball_pristine.yaml")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs", "strength_map"))
    return parser.parse_args(arguments)


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """A charge for every toughness and strength."""
    return [
        Job((s, t), chosen.case,
            (*FRAMES, *CHARGE, f"physics.cohesive={{strength: {s} GPa, toughness: {t} J/m^2}}",
             *chosen.overrides))
        for t in chosen.toughnesses.split(",")
        for s in chosen.strengths.split(",")
    ]  # fmt: skip


def main() -> None:
    chosen = parsed()
    print(HEAD)
    damages: dict[tuple[str, ...], Damage | None] = {}

    def tell(done: Done) -> None:
        damages[done.job.key] = found(chosen.output / "-".join(done.job.key))
        print(line(done, damages[done.job.key]), flush=True)

    carried_out(jobs_of(chosen), chosen.output, chosen.jobs, tell)
    print(draw(damages, chosen.output / "strength_map.png"))


if __name__ == "__main__":
    main()
