"""Which cause cracks which particle: strain alone, liquid alone, both; and what texture does.

./intergrain python benchmarks/ablations.py [--small] [--cycles N] [--wear FACTOR] [--jobs N]
    [--particles NAME,..] [--causes NAME,..]

The particles are those of cases/yan2018. Strain alone: no liquid enters, so that nothing corrodes;
liquid alone: lithium does not change the lattice. Fatigue and corrosion act in all of them, and
all ageing is FACTOR times as fast, which is a declared acceleration. Two more
particles, pristine but for columns: their lattices turned at random, and in arrays of neighbours
with nearly one axis, layers along the radius.
"""

import argparse
from pathlib import Path

from runs import CASES, Done, Job, carried_out, common, options, teller

COLUMNS = "particle.grains={count: %d, structure: columnar, core_radius: 0.3, aspect_ratio: 3}"
CAUSES = {
    "strain": ("physics.wetting.enabled=false",),
    "liquid": ("physics.swelling.enabled=false",),
    "both": (),
}
PARTICLES: dict[str, tuple[Path, tuple[str, ...]]] = {
    "pristine": (CASES / "aged_pristine.yaml", ()),
    "as_coated": (CASES / "aged_as_coated.yaml", ()),
    "infused": (CASES / "aged_infused.yaml", ()),
    "columns": (CASES / "aged_pristine.yaml", (COLUMNS,)),
    "aligned": (
        CASES / "aged_pristine.yaml",
        (COLUMNS, "particle.orientation={texture: columnar, spread: 3 deg}"),
    ),
}
HEAD = (
    f"{'particle':10s} {'cause':7s} {'status':12s} {'cracked/%':>9s} {'first':>6s} {'cracks':>6s} "
    f"{'m2/g':>6s} {'nm':>6s} {'open/%':>6s} {'radial':>6s} {'x least':>8s} {'mAh/g':>6s} "
    f"{'steps':>6s} {'s':>6s}"
)


def line(done: Done) -> str:
    """Cracked at the end and after the first charge; widths at their widest."""
    capacity = (done.summary.get("discharge_capacity_mAh_per_g") or [float("nan")])[-1]
    return (
        f"{done.job.key[0]:10s} {done.job.key[1]:7s} {done.summary.get('status', 'no run'):12s} "
        f"{100 * done.value('boundary', 'cracked_fraction'):9.2f} "
        f"{100 * done.value('boundary', 'first_charge_cracked_fraction'):6.2f} "
        f"{done.value('cracks', 'number'):6.0f} {done.value('cracks', 'area_m2_per_g'):6.3f} "
        f"{1e9 * done.value('cracks', 'largest_mean_width_m'):6.2f} "
        f"{100 * done.value('cracks', 'connected_share'):6.1f} "
        f"{done.value('cracks', 'radial_alignment'):6.2f} "
        f"{done.value('occupancy', 'lowest'):8.4f} {capacity:6.1f} "
        f"{done.summary.get('steps', 0):6d} {done.seconds:6.0f}"
    )


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """Every cause for every particle that was chosen."""
    shared, grains = common(chosen), 60 if chosen.small else 200
    jobs = []
    for name in chosen.particles.split(","):
        case, own = PARTICLES[name]
        own = tuple(each % grains if each == COLUMNS else each for each in own)
        jobs += [
            Job((name, cause), case, (*shared, *own, *CAUSES[cause]))
            for cause in chosen.causes.split(",")
        ]
    return jobs


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options("Strain alone, liquid alone, both", cycles=4, wear=50.0, folder="ablations")
    for name, known in (("particles", PARTICLES), ("causes", CAUSES)):
        parser.add_argument(f"--{name}", default=",".join(known), metavar="NAME,..")
    return parser.parse_args(arguments)


def main() -> None:
    chosen = parsed()
    print(HEAD)
    carried_out(jobs_of(chosen), chosen.output, chosen.jobs, teller(line))


if __name__ == "__main__":
    main()
