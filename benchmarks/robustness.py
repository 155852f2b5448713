"""Does every particle complete its cycles? Many seeds of pristine and infused particles.

./intergrain python benchmarks/robustness.py [--small] [--seeds N] [--wear FACTOR] [--jobs N]
"""

from statistics import mean, pstdev

from runs import CASES, Done, Job, carried_out, common, options

PARTICLES = ("pristine", "infused")


def line(name: str, every: list[Done]) -> str:
    whole = [done for done in every if done.code == 0]
    cracked = [100 * done.value("boundary", "cracked_fraction") for done in whole] or [float("nan")]
    steps = [done.summary["steps"] for done in whole] or [0]
    rejected = [done.summary["rejected_steps"] for done in whole] or [0]
    errors = [abs(done.summary["energy_error"] or 0.0) for done in whole] or [0.0]
    seconds = [done.seconds for done in every]
    return (
        f"{name:10s} {len(whole):3d}/{len(every):<3d} {mean(cracked):8.2f} {pstdev(cracked):6.2f} "
        f"{min(cracked):6.2f} {max(cracked):6.2f} {mean(steps):7.0f} {mean(rejected):8.1f} "
        f"{100 * max(errors):9.1e} {mean(seconds):6.0f} {max(seconds):6.0f}"
    )


HEAD = (
    f"{'particle':10s} {'done':>7s} {'cracked/%':>8s} {'std':>6s} {'least':>6s} {'most':>6s} "
    f"{'steps':>7s} {'rejected':>8s} {'energy/%':>9s} {'s':>6s} {'most':>6s}"
)


def tell(done: Done) -> None:
    cracked = 100 * done.value("boundary", "cracked_fraction")
    print(f"  {' '.join(done.job.key):16s} {cracked:6.2f} % {done.seconds:5.0f} s  {done.said}",
          flush=True)  # fmt: skip


def main() -> None:
    parser = options("Seeds of pristine and infused", cycles=1, wear=None, folder="robustness")
    parser.add_argument("--seeds", type=int, default=20)
    chosen = parser.parse_args()
    shared = common(chosen)
    jobs = [
        Job((name, str(seed)), CASES / f"{name}.yaml", (f"particle.seed={seed}", *shared))
        for seed in range(1, chosen.seeds + 1)
        for name in PARTICLES
    ]
    every = carried_out(jobs, chosen.output, chosen.jobs, tell)
    print(HEAD)
    for name in PARTICLES:
        print(line(name, [done for done in every if done.job.key[0] == name]))
    for done in every:
        if done.code:
            print(f"{' '.join(done.job.key)} failed: {done.said}")


if __name__ == "__main__":
    main()
