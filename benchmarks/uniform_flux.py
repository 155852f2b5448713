"""The usual simplification, a current spread evenly over the outside, beside the reaction.

./intergrain python benchmarks/uniform_flux.py [--small] [--cycles N] [--jobs N] [--rates RATE,..]

The particle is cases/yan2018/pristine.yaml without films: bonded, so that nothing cracks and no
liquid enters, and with boundaries as weak as those of cases/quickstart.yaml, which crack in the
first charge and take liquid in beside what is wet from the start. The last cycle counts.
"""

import argparse

from runs import CASES, Done, Job, carried_out, common, options, teller

FLUXES = ("reaction", "uniform")
BARE = "physics.interphase.enabled=false"
PARTICLES = {
    "bonded": ("physics.wetting.enabled=false", "physics.cohesive.enabled=false"),
    "cracked": ("physics.cohesive={strength: 1 GPa, toughness: 3 J/m^2}",),
}
HEAD = (
    f"{'particle':9s} {'rate':5s} {'flux':9s} {'status':12s} {'charge':>7s} "
    f"{'discharge':>9s} "
    f"{'elastic/uJ.m-1':>14s} {'cracked/%':>9s} {'steps':>6s} {'s':>6s}"
)


def line(done: Done) -> str:
    """Capacities of the last cycle, and the largest elastic energy of all."""
    charge, discharge = (
        (done.summary.get(f"{way}_capacity_mAh_per_g") or [float("nan")])[-1]
        for way in ("charge", "discharge")
    )
    particle, rate, flux = done.job.key
    return (
        f"{particle:9s} {rate:5s} {flux:9s} {done.summary.get('status', 'no run'):12s} "
        f"{charge:7.1f} {discharge:9.1f} "
        f"{1e6 * done.value('energy', 'largest_elastic_J_per_m'):14.1f} "
        f"{100 * done.value('boundary', 'cracked_fraction'):9.1f} "
        f"{done.summary.get('steps', 0):6d} {done.seconds:6.0f}"
    )


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """Both fluxes in both particles at every rate that was chosen."""
    return [
        Job(
            (particle, rate.replace("/", ""), flux),
            CASES / "pristine.yaml",
            (*common(chosen, rate), BARE, *overrides, f"electrode.flux={flux}"),
        )
        for particle, overrides in PARTICLES.items()
        for rate in chosen.rates.split(",")
        for flux in FLUXES
    ]


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options("Uniform flux beside the reaction", cycles=2, wear=1.0, folder="uniform_flux")
    parser.add_argument("--rates", default="C/3,1C,2C", metavar="RATE,..")
    return parser.parse_args(arguments)


def main() -> None:
    chosen = parsed()
    print(HEAD)
    carried_out(jobs_of(chosen), chosen.output, chosen.jobs, teller(line))


if __name__ == "__main__":
    main()
