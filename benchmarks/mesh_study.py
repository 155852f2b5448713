"""What of a result hangs on the mesh and on tolerances: three meshes by three tolerances.

./intergrain python benchmarks/mesh_study.py [CASE] [--grains N] [--radius UM] [--sizes UM,UM,..]
    [--tolerances NAME,..] [--cycles N] [--wear FACTOR] [--jobs N]

The grains are the same on every mesh (particle.grains.shortest_edge does not hang on it), as the
number of edges that were drawn together tells. CASE is a disc or a sphere, cases/yan2018/
aged_pristine.yaml unless told otherwise; SIZES are edge lengths along the boundaries, half of those
within grains. Tolerances are those of the case, looser and tighter: errors allowed in a time step
by 4, its length and the damage in it by 2, residuals and staggering by 10.
"""

import argparse
import json
from pathlib import Path

from runs import CASES, Done, Job, carried_out, common, options, teller

from solver.case import Case

STEPS = {"loose": 2.0, "usual": 1.0, "tight": 0.5}  # longest step, damage in a step
ERRORS = {"loose": 4.0, "usual": 1.0, "tight": 0.25}  # in x and in the voltage, of a step
RESIDUALS = {"loose": 10.0, "usual": 1.0, "tight": 0.1}
ENERGIES = {
    "elastic": "largest_elastic",
    "fracture": "fracture",
    "fatigue": "fatigue",
    "corrosion": "corrosion",
    "algorithmic": "algorithmic_dissipation",
}
HEAD = (
    f"{'size/um':>7s} {'limits':6s} {'status':9s} {'edges':>5s} {'cells':>6s} {'mAh/g':>8s} "
    f"{'cracked/%':>9s} {'cracks m2/g':>11s} {'damage':>10s} "
    + " ".join(f"{name:>11s}" for name in ENERGIES)
    + f" {'steps':>6s} {'s':>6s}"
)


def limits(case: Case, name: str) -> tuple[str, ...]:
    """Overrides of a case's tolerances."""
    given, step = case.numerics, case.numerics.time_step
    values = {
        "time_step.maximum": STEPS[name] * step.maximum,
        "time_step.damage": min(STEPS[name] * step.damage, 1.0),
        "occupancy_error": ERRORS[name] * given.occupancy_error,
        "voltage_error": ERRORS[name] * given.voltage_error,
        "newton_tolerance": RESIDUALS[name] * given.newton_tolerance,
        "stagger_tolerance": RESIDUALS[name] * given.stagger_tolerance,
    }
    return tuple(f"numerics.{key}={value:.12g}" for key, value in values.items())


def line(done: Done, folder: Path) -> str:
    """Energies in uJ of a sphere, in uJ per metre of a disc; elastic energy at its largest."""
    size, tolerance = done.job.key
    mesh = json.loads((folder / "-".join(done.job.key) / "particle.json").read_text())
    unit = "J_per_m" if mesh["dimension"] == 2 else "J"
    energies = (1e6 * done.value("energy", f"{name}_{unit}") for name in ENERGIES.values())
    capacity = (done.summary.get("discharge_capacity_mAh_per_g") or [float("nan")])[-1]
    return (
        f"{size:>7s} {tolerance:6s} {done.summary.get('status', 'no run'):9s} "
        f"{mesh['edges']['collapsed']:5d} {mesh['quality']['cells']:6d} {capacity:8.3f} "
        f"{100 * done.value('boundary', 'cracked_fraction'):9.3f} "
        f"{done.value('cracks', 'area_m2_per_g'):11.4f} "
        f"{done.value('boundary', 'mean_damage'):10.5f} "
        + " ".join(f"{energy:11.4f}" for energy in energies)
        + f" {done.summary.get('steps', 0):6d} {done.seconds:6.0f}"
    )


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """Every tolerance on every mesh."""
    shared = (
        f"particle.grains.count={chosen.grains}",
        f"particle.radius={chosen.radius} um",
        *common(chosen),
    )
    case = Case.load(chosen.case, shared)
    return [
        Job((size, name), chosen.case, (*shared, mesh_of(float(size)), *limits(case, name)))
        for size in chosen.sizes.split(",")
        for name in chosen.tolerances.split(",")
    ]


def mesh_of(size: float) -> str:
    """Override of the mesh, by the edge length along boundaries, um."""
    return f"particle.mesh={{size: {2 * size:g} um, boundary_size: {size:g} um}}"


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options("Three meshes, three tolerances", cycles=1, wear=50.0, folder="mesh_study")
    parser.add_argument("case", nargs="?", type=Path, default=CASES / "aged_pristine.yaml")
    parser.add_argument("--grains", type=int, default=24)
    parser.add_argument("--radius", type=float, default=1.2, help="um")
    parser.add_argument("--sizes", default="0.2,0.13,0.09", help="um, along boundaries")
    parser.add_argument("--tolerances", default=",".join(STEPS))
    return parser.parse_args(arguments)


def main() -> None:
    chosen = parsed()
    print(HEAD)
    tell = teller(lambda done: line(done, chosen.output))
    carried_out(jobs_of(chosen), chosen.output, chosen.jobs, tell)


if __name__ == "__main__":
    main()
