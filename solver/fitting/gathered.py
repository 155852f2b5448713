"""A fit read from its folder: what was found, and its log. Needs no DOLFINx."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from solver.fitting import course
from solver.fitting import runs as of_runs
from solver.results.names import UnknownNameError
from solver.results.records import entries
from solver.results.result import Result


class FitResult:
    """What a fit found. about: all of fit.json."""

    def __init__(self, directory: str | Path) -> None:
        """Raises OSError or ValueError if the directory holds no fit."""
        self.directory = Path(directory).absolute()
        self.about: dict[str, Any] = entries(self.directory / course.FILE)
        if not self.about:
            raise ValueError(f"there is no {course.FILE}")

    def __repr__(self) -> str:
        """Where it is, and what it found."""
        told = ", ".join(f"{name} {self[name]:.4g}" for name in self.parameters)
        return f"<FitResult {self.directory}: {told}>"

    def __getitem__(self, name: str) -> float:
        """Return the fitted value of a parameter in its unit; KeyError tells the nearest name."""
        return float(self._of(name)["value"])

    def error(self, name: str) -> float:
        """Return the standard error of a parameter in its unit, nan where nothing is known."""
        known = self._of(name)["standard_error"]
        return float("nan") if known is None else float(known)

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """What is known of every parameter, by its name."""
        return {each["name"]: each for each in self.about["parameters"]}

    @property
    def correlation(self) -> np.ndarray:
        """How errors go with each other, (parameters, parameters)."""
        return np.array(self.about["correlation"], dtype=float)

    @property
    def best(self) -> Result:
        """The best run."""
        return Result(self.directory / self.about["directory"])

    def log(self) -> list[dict[str, str]]:
        """Return every evaluation as fit.csv has it."""
        text = (self.directory / of_runs.FILE).read_text(encoding="utf-8")
        return list(csv.DictReader(text.splitlines()))

    def _of(self, name: str) -> dict[str, Any]:
        if name not in self.parameters:
            raise UnknownNameError(f"{self.directory} has no parameter", name, self.parameters)
        return self.parameters[name]
