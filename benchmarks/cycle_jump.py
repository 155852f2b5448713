"""Particles that jump over cycles beside the same that resolve them all: what is off and saved.

./intergrain python benchmarks/cycle_jump.py [--cycles N] [--only disc|ball] [--jobs N] [--set ...]

A disc of 12 grains and a ball of 4, cycled at 1C between 3.4 and 4.3 V with the ageing of all laws
that wear bonds, cover surfaces and take sites, on coarse meshes and in steps of 10 minutes: what is
compared is the jump, not the particle.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from runs import CASES, QUIET, Done, Job, carried_out, options, teller

PARTICLES = {
    "disc": "particle={shape: disc, radius: 1.5 um, seed: 1, grains: {count: 12}, "
    "orientation: {texture: random}, boundary: {state: dry}, "
    "mesh: {size: 0.5 um, boundary_size: 0.4 um}}",
    "ball": "particle={shape: sphere, radius: 0.8 um, seed: 1, grains: {count: 4}, "
    "orientation: {texture: random}, boundary: {state: dry}, "
    "mesh: {size: 0.5 um, boundary_size: 0.4 um}}",
}
LAWS = ("wetting", "interphase", "fatigue", "corrosion", "oxide_ageing")
AGEING = (
    *(f"physics.{law}.enabled=true" for law in LAWS),
    "physics.initial_wetting.area=0.3 m^2/g",
    "numerics.time_step.fixed=10 min",
)
HOW = {"resolved": (), "jumped": ("numerics.cycle_jump.enabled=true",)}
HEAD = (
    f"{'particle':8s} {'':8s} {'left/%':>7s} {'cracked/%':>9s} {'damage':>7s} {'film/nm':>7s} "
    f"{'resolved':>8s} {'jumps':>5s} {'back':>4s} {'s':>6s}"
)


def line(done: Done) -> str:
    """What a run came to."""
    found = done.summary
    capacity = found.get("discharge_capacity_mAh_per_g") or [float("nan")]
    resolved = found.get("resolved_cycles", found.get("cycles", 0))
    return (
        f"{done.job.key[0]:8s} {done.job.key[1]:8s} {100 * capacity[-1] / capacity[0]:7.3f} "
        f"{100 * done.value('boundary', 'cracked_fraction'):9.3f} "
        f"{done.value('boundary', 'mean_damage'):7.4f} "
        f"{1e9 * done.value('mechanisms', 'mean_film_m'):7.3f} {resolved:8d} "
        f"{found.get('cycle_jumps', 0):5d} {found.get('cycle_jumps_taken_back', 0):4d} "
        f"{done.seconds:6.0f}"
    )


def compared(whole: Done, jumped: Done) -> str:
    """How far a run with jumps is off, and how much less it took."""

    def left(done: Done) -> float:
        capacity: list[float] = done.summary["discharge_capacity_mAh_per_g"]
        return 100 * capacity[-1] / capacity[0]

    cracked = [done.value("boundary", "cracked_fraction") for done in (whole, jumped)]
    cycles: Any = whole.summary["cycles"]
    return (
        f"{whole.job.key[0]}: retention off by {left(jumped) - left(whole):+.3f} points, cracked "
        f"area by {100 * (cracked[1] / cracked[0] - 1) if cracked[0] else 0.0:+.2f} %; "
        f"{cycles / jumped.summary['resolved_cycles']:.1f} times fewer cycles resolved, "
        f"{whole.seconds / jumped.seconds:.1f} times faster"
    )


def parsed(words: Sequence[str]) -> argparse.Namespace:
    parser = options("Cycle jumps beside cycles", cycles=60, wear=3.0, folder="cycle_jump")
    parser.add_argument("--only", choices=tuple(PARTICLES), help="one of the particles")
    return parser.parse_args(words)


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """Every particle that was chosen, once with all its cycles and once with jumps."""
    cycle = "'Charge at 1C until 4.3 V', 'Discharge at 1C until 3.4 V'"
    protocol = f"protocol=[{{repeat: {{times: {chosen.cycles}, steps: [{cycle}]}}}}]"
    every = (protocol, *AGEING, f"physics.acceleration={chosen.wear:g}", *QUIET, *chosen.overrides)
    return [
        Job((name, how), CASES.parent / "quickstart.yaml", (particle, *every, *jumping))
        for name, particle in PARTICLES.items()
        if chosen.only in (None, name)
        for how, jumping in HOW.items()
    ]


def main() -> None:
    chosen = parsed(sys.argv[1:])
    print(HEAD)
    done = carried_out(jobs_of(chosen), chosen.output, chosen.jobs, teller(line))
    for whole, jumped in zip(done[::2], done[1::2], strict=True):
        if not whole.code and not jumped.code:
            print(compared(whole, jumped))


if __name__ == "__main__":
    main()
