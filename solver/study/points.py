"""The points of a study: what is changed in each, and the case that comes of it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from solver.study import design
from solver.study.design import OnAxis
from solver.study.study_file import MOST_POINTS, StudyAxis, StudyFile
from solver.study.values import as_yaml


class Value(NamedTuple):
    """What an axis says at a point: one value for all of its keys, or one for each."""

    axis: StudyAxis
    each: tuple[Any, ...]

    @property
    def alike(self) -> bool:
        """Whether all keys have one value."""
        return all(value == self.each[0] for value in self.each)

    def changes(self) -> dict[str, str]:
        """Return key paths and values as `--set` takes them."""
        return {k: as_yaml(v) for k, v in zip(self.axis.paths(), self.each, strict=True)}

    def words(self) -> str:
        """Return what people call it."""
        told = self.each[:1] if self.alike else self.each
        return f"{short(self.axis)} {', '.join(as_yaml(value) for value in told)}"


class Point(NamedTuple):
    """A point of a study: its values in the order of the axes."""

    values: tuple[Value, ...]

    def changes(self) -> dict[str, str]:
        """Return all that it changes."""
        return {key: text for value in self.values for key, text in value.changes().items()}

    def words(self) -> str:
        """Return what people call it."""
        return ", ".join(value.words() for value in self.values)


def short(axis: StudyAxis) -> str:
    """Return the name of an axis, or the last word of its key that tells anything."""
    if axis.name or axis.seeds is not None:
        return axis.title
    return axis.title.rpartition(".")[2]


def points_of(study: StudyFile) -> list[Point]:
    """Return all points, those of one particle after another. Raises DesignError."""
    changed = [axis for axis in study.axes if axis.seeds is None]
    seeded = [axis for axis in study.axes if axis.seeds is not None]
    by_seed = [dict(zip(map(id, seeded), seeds, strict=True)) for seeds in _seeds(seeded)]
    points = [
        Point(tuple(known[id(axis)] for axis in study.axes))
        for place in (_places(study, changed) if changed else [()])
        for known in (
            {**seeds, **{id(axis): _at(axis, at) for axis, at in zip(changed, place, strict=True)}}
            for seeds in by_seed
        )
    ]
    if len(points) > MOST_POINTS:
        raise design.DesignError(f"{len(points)} points, more than {MOST_POINTS}")
    return points


def overrides(fixed: Mapping[str, Any], point: Point) -> tuple[str, ...]:
    """Return what a point is, and what a study changes in all, as of --set; the point's last."""
    changes = {key: as_yaml(value) for key, value in fixed.items()} | point.changes()
    return tuple(f"{key}={text}" for key, text in changes.items())


def _places(study: StudyFile, axes: Sequence[StudyAxis]) -> list[tuple[OnAxis, ...]]:
    if study.combine in design.DRAWN:
        lengths = [None if axis.values is None else len(axis.values) for axis in axes]
        return design.drawn(lengths, study.combine, study.count or 1, study.seed)
    return design.combined([_length(axis) for axis in axes], study.combine)


def _length(axis: StudyAxis) -> int:
    span = axis.range or axis.log_range
    return len(axis.values or ()) if span is None else span.count or 1


def _at(axis: StudyAxis, place: OnAxis) -> Value:
    keys, span = len(axis.paths()), axis.range or axis.log_range
    if axis.values is not None:
        value = axis.values[place.number]
        own = keys > 1 and isinstance(value, list | tuple)
        return Value(axis, tuple(value) if own else (value,) * keys)
    assert span is not None
    share = place.share
    if span.count is not None and not share:
        share = place.number / (span.count - 1)
    return Value(axis, tuple(span.at((share,), axis.log_range is not None)) * keys)


def _seeds(axes: Sequence[StudyAxis]) -> Iterator[tuple[Value, ...]]:
    """Every combination of seeds, each as what its axes say."""
    every = []
    for axis in axes:
        seeds = axis.seeds if isinstance(axis.seeds, tuple) else range(1, (axis.seeds or 0) + 1)
        every.append([Value(axis, (seed,) * len(axis.paths())) for seed in seeds])
    yield from product(*every)
