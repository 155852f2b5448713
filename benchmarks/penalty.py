"""Whether results move with the penalty of the boundaries, which is a number of the method.

./intergrain python benchmarks/penalty.py [--small] [--cycles N] [--wear FACTOR] [--jobs N]
    [--particles NAME,..] [--factors NUMBER,..]

The particles are those of cases/yan2018, by default through one cycle that counts as fifty, a
declared acceleration, with the penalty of the material times each factor. In brackets: how far a
value lies from that of the last factor, in percent.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

from runs import CASES, Done, Job, carried_out, common, options

from solver.materials import load_boundary_material
from solver.results.history import read_history

PARTICLES = {
    "pristine": CASES / "aged_pristine.yaml",
    "as_coated": CASES / "aged_as_coated.yaml",
}
HEAD = (
    f"{'particle':10s} {'penalty':>7s} {'cracked/%':>15s} {'damage':>15s} {'opening/nm':>15s} "
    f"{'wet m2/g':>15s} {'mAh/g':>15s} {'steps':>6s} {'newton':>6s} {'s':>5s}"
)


class Row(NamedTuple):
    """What a run came to: percent, mean damage, nm, m^2/g, mAh/g."""

    cracked: float
    damage: float
    opening: float
    wet: float
    capacity: float


def row_of(done: Done, folder: Path) -> Row:
    """Cracks and wet area at the end, the widest opening on the way."""
    history = read_history(folder / "-".join(done.job.key) / "history.csv")
    return Row(
        100 * done.value("boundary", "cracked_fraction"),
        done.value("boundary", "mean_damage"),
        1e9 * done.value("boundary", "largest_opening_m"),
        float(history["Wet Area / m2.g-1"][-1]),
        (done.summary.get("discharge_capacity_mAh_per_g") or [float("nan")])[-1],
    )


def line(done: Done, row: Row, stiffest: Row) -> str:
    """A row of the table."""
    cells = "".join(
        f"{value:8.4g} ({100 * (value / last - 1) if last else 0.0:+.1f})".rjust(16)
        for value, last in zip(row, stiffest, strict=True)
    )
    return (
        f"{done.job.key[0]:10s} {'x ' + done.job.key[1]:>7s}{cells} "
        f"{done.summary['steps']:6d} {done.summary['newton_iterations']:6d} {done.seconds:5.0f}"
    )


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """Every factor for every particle that was chosen."""
    penalty = load_boundary_material("dry").penalty
    return [
        Job(
            (name, factor),
            PARTICLES[name],
            (*common(chosen), f"physics.cohesive.penalty={float(factor) * penalty:g} Pa/m"),
        )
        for name in chosen.particles.split(",")
        for factor in chosen.factors.split(",")
    ]


def main() -> None:
    parser = options("Penalties side by side", cycles=1, wear=50.0, folder="penalty")
    parser.add_argument("--particles", default=",".join(PARTICLES), metavar="NAME,..")
    parser.add_argument("--factors", default="1,4,16", metavar="NUMBER,..")
    chosen = parser.parse_args()
    print(HEAD)
    done = carried_out(jobs_of(chosen), chosen.output, chosen.jobs, lambda each: None)
    for each in done:
        if each.code:
            print(f"{' x '.join(each.job.key)}: {each.said}")
    rows = {each.job.key: row_of(each, chosen.output) for each in done if not each.code}
    last = chosen.factors.split(",")[-1]
    for each in done:
        name = each.job.key[0]
        if each.job.key in rows and (name, last) in rows:
            print(line(each, rows[each.job.key], rows[name, last]))


if __name__ == "__main__":
    main()
