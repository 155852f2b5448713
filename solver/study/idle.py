"""Axes that change nothing: a key that does not act in this case, or acts beyond its outputs."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from solver.study.gathered import Study


def idle_axes(study: Study) -> list[str]:
    """Return the names of axes along which no output of any finished runs differs.

    Runs are compared that differ in nothing else: axes that move in step, or points that are drawn,
    are not judged.
    """
    axes, done = study.about["axes"], study.finished
    values: dict[str, list[tuple[Any, ...]]] = {}
    for number in dict.fromkeys(axis["axis"] for axis in axes):
        own = [axis for axis in axes if axis["axis"] == number]
        columns = (study.table[axis["header"]][done].tolist() for axis in own)
        values[own[0]["short"]] = list(zip(*columns, strict=True))
    outputs = [column[done].tolist() for column in study.outputs.values()]
    return unmoved(values, [str(row) for row in zip(*outputs, strict=True)])


def unmoved(values: Mapping[str, Sequence[Hashable]], outcome: Sequence[Hashable]) -> list[str]:
    """Return the axes along which outcomes stay the same though their values do not.

    values: of each axis in every run, (runs,). outcome: (runs,).
    """
    found = []
    for axis, own in values.items():
        others = zip(*(each for name, each in values.items() if name != axis), strict=True)
        groups: dict[Hashable, set[tuple[Hashable, Hashable]]] = {}
        for place, value, came in zip(list(others) or [()] * len(own), own, outcome, strict=True):
            groups.setdefault(place, set()).add((value, came))
        compared = [group for group in groups.values() if len({value for value, _ in group}) > 1]
        if compared and all(len({came for _, came in group}) == 1 for group in compared):
            found.append(axis)
    return found


def in_words(axes: Sequence[str]) -> list[str]:
    """Return a caution for each axis that changes nothing."""
    return [
        f"caution: {axis} changes no output: does its key act here, and would an output tell?"
        for axis in axes
    ]
