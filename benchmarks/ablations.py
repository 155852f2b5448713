"""Which cause cracks which particle: strain alone, liquid alone, both; and what texture does.

./intergrain python benchmarks/ablations.py [--small] [--cycles N] [--wear FACTOR] [--jobs N]
    [--particles NAME,..] [--causes NAME,..] [--seeds NUMBER,..]

The particles are those of cases/yan2018. Strain alone: no liquid enters, so that nothing corrodes;
liquid alone: lithium does not change the lattice; half, none: of the boundaries that are wet from
the start half as many are, or none. Fatigue and corrosion act in all of them, and
all ageing is FACTOR times as fast, which is a declared acceleration. Two more
particles, pristine but for columns: their lattices turned at random, and in arrays of neighbours
with nearly one axis, layers along the radius. Weak: filled, but bonded as dry boundaries are;
leaky: bonded as filled ones are, and lets liquid in. Balls are of fifty grains.
"""

import argparse
from pathlib import Path

from runs import CASES, Done, Job, carried_out, common, options, teller

COLUMNS = "particle.grains={count: %d, structure: columnar, core_radius: 0.3, aspect_ratio: 3}"
CAUSES = {
    "strain": ("physics.wetting.enabled=false",),
    "liquid": ("physics.swelling.enabled=false",),
    "both": (),
    "half": ("physics.initial_wetting.area=0.35 m^2/g",),
    "none": ("physics.initial_wetting.area=0 m^2/g",),
}
USUAL = ("strain", "liquid", "both")
PARTICLES: dict[str, tuple[Path, tuple[str, ...]]] = {
    "pristine": (CASES / "aged_pristine.yaml", ()),
    "as_coated": (CASES / "aged_as_coated.yaml", ()),
    "infused": (CASES / "aged_infused.yaml", ()),
    "weak": (CASES / "aged_infused_weak.yaml", ()),
    "leaky": (CASES / "aged_infused_leaky.yaml", ()),
    "columns": (CASES / "aged_pristine.yaml", (COLUMNS,)),
    "aligned": (
        CASES / "aged_pristine.yaml",
        (COLUMNS, "particle.orientation={texture: columnar, spread: 3 deg}"),
    ),
}
BALLS: dict[str, tuple[Path, tuple[str, ...]]] = {
    "ball_pristine": (CASES / "ball_pristine.yaml", ()),
    "ball_as_coated": (CASES / "ball_as_coated.yaml", ()),
    "ball_infused": (CASES / "ball_infused.yaml", ()),
    "ball_weak": (
        CASES / "ball_infused.yaml",
        ("materials.boundary={lpo: materials/filled_weak.yaml}",),
    ),
    "ball_leaky": (
        CASES / "ball_pristine.yaml",
        ("materials.boundary={dry: materials/leaky_strong.yaml}",),
    ),
}
HEAD = (
    f"{'particle':14s} {'cause':7s} {'seed':>4s} {'status':12s} {'cracked/%':>9s} {'first':>6s} "
    f"{'cracks':>6s} {'m2/g':>6s} {'nm':>6s} {'open/%':>6s} {'radial':>6s} {'x least':>8s} "
    f"{'mAh/g':>6s} {'steps':>6s} {'s':>6s}"
)


def line(done: Done) -> str:
    """Cracked at the end and after the first charge; widths at their widest."""
    capacity = (done.summary.get("discharge_capacity_mAh_per_g") or [float("nan")])[-1]
    return (
        f"{done.job.key[0]:14s} {done.job.key[1]:7s} {done.job.key[2]:>4s} "
        f"{done.summary.get('status', 'no run'):12s} "
        f"{100 * done.value('boundary', 'cracked_fraction'):9.2f} "
        f"{100 * done.value('boundary', 'first_charge_cracked_fraction'):6.2f} "
        f"{done.value('cracks', 'number'):6.0f} {done.value('cracks', 'area_m2_per_g'):6.3f} "
        f"{1e9 * done.value('cracks', 'largest_mean_width_m'):6.2f} "
        f"{100 * done.value('cracks', 'connected_fraction'):6.1f} "
        f"{done.value('cracks', 'radial_alignment'):6.2f} "
        f"{done.value('occupancy', 'lowest'):8.4f} {capacity:6.1f} "
        f"{done.summary.get('steps', 0):6d} {done.seconds:6.0f}"
    )


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """Every cause for every particle that was chosen."""
    shared, grains = common(chosen), 60 if chosen.small else 200
    jobs = []
    for name in chosen.particles.split(","):
        case, own = (PARTICLES | BALLS)[name]
        own = tuple(each % grains if each == COLUMNS else each for each in own)
        jobs += [
            Job((name, cause, seed), case, (*shared, *own, *CAUSES[cause], f"particle.seed={seed}"))
            for cause in chosen.causes.split(",")
            for seed in chosen.seeds.split(",")
        ]
    return jobs


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options("Strain alone, liquid alone, both", cycles=4, wear=50.0, folder="ablations")
    for name, known in (("particles", PARTICLES), ("causes", USUAL), ("seeds", ("1",))):
        parser.add_argument(f"--{name}", default=",".join(known), metavar="NAME,..")
    return parser.parse_args(arguments)


def main() -> None:
    chosen = parsed()
    print(HEAD)
    carried_out(jobs_of(chosen), chosen.output, chosen.jobs, teller(line))


if __name__ == "__main__":
    main()
