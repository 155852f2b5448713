"""Particles that jump over cycles beside the same that resolve them all: what is off and saved.

./intergrain python benchmarks/cycle_jump.py [--cycles N] [--only disc|ball] [--seeds N,..]

A disc of 20 grains and a ball of 4 that age by all that cases/yan2018/pristine_25C.yaml has, cycled
at C/2 between 3.7 and 4.3 V without checks, on coarse meshes and in steps of half an hour: what is
compared is the jump, not the particle. Times are those of the processor, from the start of a run to
its end.
"""

import argparse
import sys
from collections.abc import Sequence

from runs import CASES, QUIET, Done, Job, carried_out, options, teller

PARTICLES = {
    "disc": "particle={{shape: disc, radius: 0.65 um, seed: {seed}, grains: {{count: 20}}, "
    "orientation: {{texture: random}}, boundary: {{state: dry}}, "
    "mesh: {{size: 0.25 um, boundary_size: 0.2 um}}}}",
    "ball": "particle={{shape: sphere, radius: 0.4 um, seed: {seed}, grains: {{count: 4}}, "
    "orientation: {{texture: random}}, boundary: {{state: dry}}, "
    "mesh: {{size: 0.4 um, boundary_size: 0.3 um}}}}",
}
CYCLE = "'Charge at C/2 until 4.3 V', 'Discharge at C/2 until 3.7 V'"
COARSE = (
    "numerics.time_step={fixed: 30 min}",
    "numerics.stagger_tolerance=1 mV",
    "output.checkpoints.enabled=false",
)
HOW = {"resolved": False, "jumped": True}
HEAD = (
    f"{'particle':8s} {'seed':>4s} {'':8s} {'left/%':>7s} {'cracked/%':>9s} {'damage':>7s} "
    f"{'salt/nm':>7s} {'resolved':>8s} {'jumps':>5s} {'back':>4s} {'s':>6s}"
)


def left(done: Done) -> float:
    """Discharge capacity of the last cycle over that of the first, %."""
    capacity: list[float] = done.summary.get("discharge_capacity_mAh_per_g") or [float("nan")]
    return 100 * capacity[-1] / capacity[0]


def resolved(done: Done) -> int:
    """How many cycles were resolved."""
    return int(done.summary.get("resolved_cycles", done.summary.get("cycles", 0)))


def line(done: Done) -> str:
    """What a run came to."""
    found, (particle, seed, how) = done.summary, done.job.key
    return (
        f"{particle:8s} {seed:>4s} {how:8s} {left(done):7.3f} "
        f"{100 * done.value('boundary', 'cracked_fraction'):9.3f} "
        f"{done.value('boundary', 'mean_damage'):7.4f} "
        f"{1e9 * done.value('mechanisms', 'mean_rock_salt_m'):7.3f} {resolved(done):8d} "
        f"{found.get('cycle_jumps', 0):5d} {found.get('cycle_jumps_taken_back', 0):4d} "
        f"{done.cpu:6.0f}"
    )


def compared(whole: Done, jumped: Done) -> str:
    """How far a run with jumps is off, and how much less it took."""
    cracked = [done.value("boundary", "cracked_fraction") for done in (whole, jumped)]
    wider = cracked[1] / cracked[0] - 1 if cracked[0] else 0.0
    return (
        f"{' '.join(whole.job.key[:2])}: "
        f"retention off by {left(jumped) - left(whole):+.3f} points, "
        f"cracked area by {100 * wider:+.2f} %; "
        f"{resolved(whole) / resolved(jumped):.1f} times fewer cycles resolved, "
        f"{whole.cpu / jumped.cpu:.1f} times faster"
    )


def parsed(words: Sequence[str]) -> argparse.Namespace:
    parser = options("Cycle jumps beside cycles", cycles=60, wear=1.0, folder="cycle_jump")
    parser.add_argument("--only", choices=tuple(PARTICLES), help="one of the particles")
    parser.add_argument("--seeds", default="1", help="of the particles")
    return parser.parse_args(words)


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """Every particle that was chosen, once with all its cycles and once with jumps."""
    protocol = f"protocol=[{{repeat: {{times: {chosen.cycles}, steps: [{CYCLE}]}}}}]"
    every = (protocol, f"physics.acceleration={chosen.wear:g}", *COARSE, *QUIET)
    return [
        Job(
            (name, seed, how),
            CASES / "pristine_25C.yaml",
            (
                particle.format(seed=seed),
                *every,
                f"numerics.cycle_jump.enabled={str(jumps).lower()}",
                *chosen.overrides,
            ),
        )
        for name, particle in PARTICLES.items()
        if chosen.only in (None, name)
        for seed in chosen.seeds.split(",")
        for how, jumps in HOW.items()
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
