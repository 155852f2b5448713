"""The way of a fit file to its parameters, the same from the command line and Python."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import inf, isfinite
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple

import numpy as np

from solver.fitting import runs as of_runs
from solver.fitting.checked import CheckedFit, in_words
from solver.fitting.identified import Identified, doubts, identified, one_sided, widened
from solver.fitting.places import Floats, Ranged, overrides
from solver.fitting.residuals import CurveGroup, RunMisfit, TargetGroup, computed, unit_of_rms
from solver.fitting.runs import Evaluation, FitRuns, Say
from solver.fitting.search import PROFILE, Searched, SearchError, search
from solver.materials.altered import inside, on_files
from solver.run_files import write_whole
from solver.start import DONE, FOR_NOW, GAVE_UP, RunError
from solver.study.side_by_side import Carry
from solver.study.values import PLAIN

FILE, USE = "fit.json", "fitted"
ALONE = 0.5  # of a correlation of neighbouring residuals: no noise
PROFILED = (-2.0, -1.0, 1.0, 2.0)  # standard errors from the best value


class Profile(NamedTuple):
    """Places of a parameter (n,), shares, and chi^2 less its least with all others refitted."""

    places: Floats
    apart: Floats


class Fitted(NamedTuple):
    """A fit that has ended. known: None where there is no Jacobian. profiles: by parameter."""

    fit: CheckedFit
    runs: FitRuns
    found: Searched
    known: Identified | None
    profiles: tuple[Profile, ...]
    notes: tuple[str, ...]
    use: tuple[str, ...]

    @property
    def best(self) -> Evaluation:
        """The best run."""
        return self.runs.at(self.found.places)

    @property
    def first(self) -> Evaluation:
        """The first run."""
        return self.runs.all[0]

    def error(self, number: int) -> float:
        """Return the standard error of a parameter in its unit, inf where nothing is known."""
        if self.known is None:
            return inf
        each, place = self.fit.parameters[number], float(self.found.places[number])
        return each.slope(place) * float(self.known.errors[number])


def fitted(
    fit: CheckedFit, folder: Path, carry: Carry, again: bool, say: Say, profile: bool = False
) -> Fitted:
    """Search for the parameters, say each run, and write all that came of it.

    carry: what carries runs out. again: repeat what has failed. profile: also refit all others at
    some values of each. Raises RunError, OSError; KeyboardInterrupt after all runs have ended.
    """
    runs = FitRuns(fit, folder, carry, again, say)
    try:
        found = search(runs.evaluate, fit.starts, fit.file.step)
        known = None if found.jacobian is None else identified(found.jacobian, found.residuals)
        profiles = _profiles(fit, runs, found, known) if profile and known is not None else ()
    except SearchError as error:
        raise RunError(f"{error}{_why(runs)}", GAVE_UP) from error
    result = Fitted(fit, runs, found, known, tuple(profiles), (), _use(fit, found, known, folder))
    result = result._replace(notes=tuple(_notes(result)))
    write_whole(folder / FILE, json.dumps(as_json(result), indent=1, ensure_ascii=False) + "\n")
    return result


def _why(runs: FitRuns) -> str:
    """The newest reason why a run gave nothing."""
    failed = [one for one in runs.all if one.misfit is None]
    if not failed:
        return ""
    one = failed[-1]
    return f" (run {one.number} at {runs.fit.words(one.places)}: {one.state.reason})"


def _profiles(fit: CheckedFit, runs: FitRuns, found: Searched, known: Identified) -> list[Profile]:
    """Chi^2 along each parameter, all others refitted by runs."""
    least, every = 2 * found.cost, []
    runs.most = None
    for number in range(len(fit.parameters)):
        ways = np.array(PROFILED) * min(known.errors[number], 0.25)
        places = found.places[number] + ways
        places = places[(places >= 0) & (places <= 1)]
        apart = [_refitted(fit, runs, found, known, number, float(x)) - least for x in places]
        every.append(Profile(places, np.array(apart) / known.spread**2))
    return every


def _refitted(
    fit: CheckedFit, runs: FitRuns, found: Searched, known: Identified, number: int, place: float
) -> float:
    """Chi^2 where one parameter is held and the others are searched for."""
    others = np.arange(len(fit.parameters)) != number
    ahead = found.places + known.others(number, place - float(found.places[number]))

    def whole(few: Floats) -> Floats:
        places = np.where(others, 0.0, place)
        places[others] = few
        return places

    def evaluate(every: Sequence[Floats], kind: str) -> Sequence[Floats | None]:
        return runs.evaluate([whole(few) for few in every], kind)

    if not np.any(others):
        (residuals,) = evaluate([np.empty(0)], PROFILE)
        return inf if residuals is None else float(residuals @ residuals)
    starts = np.clip(ahead[others], 0.0, 1.0)
    return 2 * search(evaluate, starts, fit.file.step, PROFILE).cost


def _use(
    fit: CheckedFit, found: Searched, known: Identified | None, folder: Path
) -> tuple[str, ...]:
    """Words behind `run` that mean the case with what was fitted; its materials say so."""
    told = []
    for number, each in enumerate(fit.parameters):
        error = inf if known is None else float(known.errors[number])
        value = each.value(float(found.places[number]))
        width = each.slope(float(found.places[number])) * error
        told.append(f"{in_words(each, value)} +- {width:.2g}")
    origin = {"fitted": f"by the fit '{fit.file.name}': {', '.join(told)}"}
    changes = overrides(fit.parameters, found.places)
    within = [change for change in changes if inside(change.partition("=")[0])]
    others = [change for change in changes if change not in within]
    texts = on_files(fit.base, [*fit.fixed, *others, *within], folder / USE, origin)
    kept = set(fit.fixed)
    return tuple(text for text in texts if text not in kept)


def _notes(result: Fitted) -> list[str]:
    """All that must be known of the result, the gravest first."""
    fit, found = result.fit, result.found
    names = [each.name for each in fit.parameters]
    told = [] if found.converged else [f"the search has not ended: {found.why}"]
    for each, x in zip(fit.parameters, found.places, strict=True):
        bound = each.at_its_bound(float(x))
        if bound:
            told.append(f"{each.name} is at its bound ({bound}): the best value may lie beyond")
    if result.known is None:
        told.append("nothing is known of standard errors: max_runs was too few for a Jacobian")
    else:
        told += doubts(result.known, names)
        if not found.exact:
            told.append("standard errors are those of a place before the best one (max_runs)")
    told += result.runs.left_out
    told += _one_sided(result)
    failed = [one for one in result.runs.all if one.misfit is None]
    told += [f"run {one.number} gave nothing: {one.state.reason}" for one in failed]
    return told


def _one_sided(result: Fitted) -> list[str]:
    """Curves whose residuals are no noise."""
    told, first = [], 0
    for group in result.runs.groups:
        own = result.found.residuals[first : first + group.size]
        first += group.size
        alike = one_sided(own)
        if isinstance(group, CurveGroup) and alike > ALONE and own @ own > len(own) / 4:
            told.append(
                f"{group.name}: what is left over is no noise, neighbours lie on one side "
                f"(correlation {alike:.2f}): the model's own error, by which standard errors are "
                f"about {widened(alike):.1f} times too small"
            )
    return told


def as_json(result: Fitted) -> dict[str, Any]:
    """Return the result as fit.json has it."""
    fit, found, known = result.fit, result.found, result.known
    best, first = result.best.misfit, result.first.misfit
    assert best is not None
    return {
        "name": fit.file.name,
        "about": fit.file.about,
        "file": str(fit.path.resolve()),
        "case": str(fit.base.resolve()),
        "fixed": list(fit.fixed),
        "status": "converged" if found.converged else "not converged",
        "why": found.why,
        "notes": list(result.notes),
        "parameters": [_parameter(result, n) for n in range(len(fit.parameters))],
        "compared": [_group(result, n, first, best) for n in range(len(result.runs.groups))],
        "cost": {"first": None if first is None else first.cost, "best": best.cost},
        "residuals": len(found.residuals),
        "degrees_of_freedom": None if known is None else known.freedom,
        "widened_by": None if known is None else known.spread,
        "correlation": None if known is None else known.correlation.tolist(),
        "singular_values": None if known is None else known.singular.tolist(),
        "evaluations": len(result.runs.all),
        "best": result.best.number,
        "directory": str(result.runs.directory(result.best).relative_to(result.runs.folder)),
        "use": list(result.use),
    }


def _parameter(result: Fitted, number: int) -> dict[str, Any]:
    each, place = result.fit.parameters[number], float(result.found.places[number])
    error = inf if result.known is None else float(result.known.errors[number])
    ends = [each.value(place + way) if error <= 1.0 else None for way in (-error, error)]
    own = result.error(number)
    return {
        "key": each.key,
        "name": each.name,
        "unit": each.unit,
        "origin": "fitted",
        "value": each.value(place),
        "standard_error": own if isfinite(own) else None,
        "one_standard_error": ends,
        "from": each.least,
        "to": each.most,
        "start": each.value(each.start),
        "log": each.log,
        "scale": each.scale,
        "at_bound": each.at_its_bound(place) or None,
        "identified": error <= 1.0,
    }


def _group(result: Fitted, number: int, first: RunMisfit | None, best: RunMisfit) -> dict[str, Any]:
    group = result.runs.groups[number]
    told = {
        "name": group.name,
        "points": group.size,
        "precision": group.precision,
        "unit": unit_of_rms(group),
        "rms_first": None if first is None else first.rms[number],
        "rms_best": best.rms[number],
    }
    if isinstance(group, TargetGroup):
        told["measured"] = group.value
        told["fitted"] = computed(group, result.runs.directory(result.best))
    return told


def told(result: Fitted) -> str:
    """Return what came of it in some lines."""
    lines = [f"{len(result.runs.all)} evaluations, {result.runs.done} of them run now: "
             f"{result.found.why}"]  # fmt: skip
    for number, each in enumerate(result.fit.parameters):
        lines.append(f"  {as_words(result, number, each)}")
    assert result.best.misfit is not None and result.first.misfit is not None
    for group, before, after in zip(
        result.runs.groups, result.first.misfit.rms, result.best.misfit.rms, strict=True
    ):
        unit = unit_of_rms(group)
        unit = "" if unit == PLAIN else f" {unit}"
        lines.append(f"  {group.name}: off by {before:.3g}{unit} at first, {after:.3g}{unit} now")
    lines += [f"caution: {note}" for note in result.notes]
    words = " ".join(f"--set {quote(text)}" for text in result.use)
    lines.append(f"use it: ./intergrain run {quote(str(result.fit.base))} {words}")
    return "\n".join(lines)


def as_words(result: Fitted, number: int, each: Ranged) -> str:
    """Return a parameter with its standard error and what it was."""
    place, error = float(result.found.places[number]), result.error(number)
    unit = "" if each.unit == PLAIN else f" {each.unit}"
    bound = ", at its bound" if each.at_its_bound(place) else ""
    ends = as_range(result, number) if each.log else ""
    return (
        f"{each.name} = {each.value(place):.5g} +- {error:.2g}{unit}{ends}"
        f" (fitted; began at {each.value(each.start):.4g}{bound})"
    )


def as_range(result: Fitted, number: int) -> str:
    """Return where a parameter lies by one standard error in its logarithm, as words behind it."""
    if result.known is None or not result.known.errors[number] <= 1.0:
        return ""
    each, place = result.fit.parameters[number], float(result.found.places[number])
    error = float(result.known.errors[number])
    return f", {each.value(place - error):.3g} to {each.value(place + error):.3g}"


def exit_code(result: Fitted) -> int:
    """Return 0 if the search came to its end, 75 if it ran out of runs."""
    return DONE if result.found.converged else FOR_NOW


def files(result: Fitted) -> list[Path]:
    """Return log and result."""
    return [result.runs.folder / of_runs.FILE, result.runs.folder / FILE]
