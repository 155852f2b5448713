"""Try many inputs and print what was found, or repeat one of them."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from tests.fuzz.draw import Input, draw, workplace
from tests.fuzz.oracle import Answer, judged

OUTCOMES = ("accepted", "refused", "wrong")
SHOWN = 2_000  # characters of a file


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--only", type=int, metavar="NUMBER", help="repeat this input and show it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = workplace(Path(name))
        if options.only is not None:
            return _shown(draw(options.seed, options.only), folder)
        return _tried(options.seed, options.count, folder)


def _tried(seed: int, count: int, folder: Path) -> int:
    """Try inputs 0, 1, ... of a seed; 1 if anything is wrong."""
    found: Counter[tuple[str, str]] = Counter()
    faults: dict[str, list[int]] = defaultdict(list)
    for number in range(count):
        given = draw(seed, number)
        answer = judged(given, folder)
        found[given.kind, _outcome(answer)] += 1
        if answer.wrong:
            faults[f"{given.kind}: {answer.wrong}"].append(number)
            print(f"--seed {seed} --only {number}: {given.kind}: {answer.wrong}", flush=True)
    print(f"{'':<12}" + "".join(f"{outcome:>10}" for outcome in OUTCOMES))
    for kind in sorted({kind for kind, _ in found}):
        print(f"{kind:<12}" + "".join(f"{found[kind, outcome]:>10}" for outcome in OUTCOMES))
    for fault, numbers in sorted(faults.items(), key=lambda item: -len(item[1])):
        print(f"{len(numbers):>5}  {fault}  (e.g. --only {numbers[0]})")
    return 1 if faults else 0


def _outcome(answer: Answer) -> str:
    if answer.wrong:
        return "wrong"
    return "accepted" if answer.code == 0 else "refused"


def _shown(given: Input, folder: Path) -> int:
    print("intergrain", *(argument[:SHOWN] for argument in given.arguments))
    for name, content in given.files.items():
        print(f"--- {name}, {len(content)} bytes\n{content[:SHOWN].decode(errors='replace')}\n---")
    answer = judged(given, folder)
    print(answer.shown, f"exit code {answer.code}; {answer.wrong or 'all is well'}", sep="\n")
    return 1 if answer.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
