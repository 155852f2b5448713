"""Loads that a mesh does not allow: one line that says where in the case, and exit code 2."""

import re
import shutil

import pytest

from solver.cli import main
from tests.particles import CASES

BEAM = CASES / "benchmarks" / "dcb"
HEAD = "based_on: dcb.yaml\nname: beam\n"


@pytest.mark.parametrize(
    ("given", "line", "why"),
    [
        (
            "loads:\n  - {surface: upper_left, displacement: {y: 3 mm}}\n",
            3,
            "loads: the body is loaded but can still move: nothing holds its motion along x",
        ),
        (
            "loads:\n  - {surface: uper_left, displacement: {y: 3 mm}}\n",
            4,
            "loads.0.surface: the mesh has no facets of a surface 'uper_left' "
            "(did you mean 'upper_left'?)",
        ),
        (
            "protocol:\n  - load: {opening: {between: [upper_left], along: z, to: 1 mm}}\n",
            3,
            "protocol: opening: there is no component z in 2D",
        ),
        ("precracks: [crack]\n", 3, "precracks: no boundary between grains is named 'crack'"),
        (
            "patches:\n  notch: {towards: [0, 1, 0], width: 1 mm}\n",
            4,
            "patches.notch: the mesh has a surface 'notch' already",
        ),
    ],
)
def test_loads_that_the_mesh_does_not_allow_are_refused(
    tmp_path, monkeypatch, capfd, given, line, why
):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(tmp_path / "cache"))
    for suffix in ("yaml", "msh"):
        shutil.copy(BEAM.with_suffix(f".{suffix}"), tmp_path)
    case = tmp_path / "beam.yaml"
    case.write_text(HEAD + given)
    assert main(["run", str(case), "-o", str(tmp_path / "run")]) == 2
    told = capfd.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert re.match(rf"{re.escape(str(case))}:{line}: ", told[0])
    assert why in told[0]
