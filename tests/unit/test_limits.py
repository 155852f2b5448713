"""What a run would lack is said before it: time steps, memory, room on the disk."""

from dataclasses import replace
from math import inf

import pytest

from meshes import estimate
from solver.case import Case
from solver.checks.plan import cautions, describe, plan, this_machine
from solver.checks.plan import limits as of
from solver.checks.plan.description import in_words
from solver.checks.plan.frames import frames_size
from solver.checks.plan.limits import Machine, limit_cautions
from solver.checks.plan.size import memory_of
from solver.cli import main
from solver.units import machine
from tests.particles import CASES, case_of

HOURS = "['Rest for 10 hours']"
PLENTY = Machine(inf, inf)


def planned(*overrides, protocol=HOURS):
    case = case_of(protocol, *overrides)
    return case, plan(case, estimate(case.particle))


def test_more_time_steps_than_allowed_are_cautioned():
    assert limit_cautions(*planned("numerics.max_steps=300"), PLENTY) == []  # 36 000 s by 120 s
    (told,) = limit_cautions(*planned("numerics.max_steps=299"), PLENTY)
    assert "at least some 300 time steps" in told
    assert "numerics.max_steps (299): raise it, or numerics.time_step.maximum" in told
    (told,) = limit_cautions(*planned("numerics.time_step.fixed=1 s"), PLENTY)
    assert "at least some 36000 time steps" in told
    assert told.endswith("raise it, or numerics.time_step.fixed")


def test_a_step_shorter_than_the_shortest_time_step_is_cautioned():
    fast = "['Sweep at 50 V/s from 3.7 V to 4 V']"
    (told,) = limit_cautions(*planned("numerics.time_step.minimum=1 ms", protocol=fast), PLENTY)
    assert "needs time steps of 0.0001 s, below numerics.time_step.minimum (0.001 s)" in told
    assert limit_cautions(*planned(protocol="['Sweep at 1 V/s to 4 V']"), PLENTY) == []


def test_more_memory_than_is_free_is_cautioned():
    case, found = planned()
    big = replace(found, memory=40e9)
    (told,) = limit_cautions(case, big, Machine(23e9, inf))
    assert "about 40 GB of memory are needed, but only 23 GB are free" in told
    assert limit_cautions(case, big, Machine(None, None)) == []


@pytest.mark.parametrize(
    ("dofs", "measured"), [(14259, 0.42e9), (33235, 0.708e9), (70771, 1.36e9), (151895, 3.14e9)]
)
def test_memory_in_three_dimensions_is_what_was_measured(dofs, measured):
    assert memory_of(dofs, 3, 0.0) == pytest.approx(measured, rel=0.25)


@pytest.mark.parametrize(("dofs", "measured"), [(105397, 1.22e9), (644678, 6.9e9)])
def test_memory_of_levels_is_what_was_measured(dofs, measured):
    assert memory_of(dofs, 3, 0.6 * dofs) == pytest.approx(measured, rel=0.25)
    assert memory_of(dofs, 3, 0.0) > 1.5 * measured


MEASURED = {50: (14869, 100.0), 200: (94586, 725.0), 1000: (644678, 3095.0)}


@pytest.mark.parametrize("grains", MEASURED)
def test_unknowns_and_time_of_balls_are_foreseen(grains):
    """Seconds are those of two ranks, which share the work of one to 0.63."""
    found = plan(case := Case.load(CASES / "space" / f"ball{grains}.yaml"), estimate(case.particle))
    unknowns, seconds = MEASURED[grains]
    assert found.dofs == pytest.approx(unknowns, rel=0.15)
    assert 0.5 < found.seconds / seconds < 2.0
    assert f"run time    some {in_words(found.seconds)} of one core" in describe(case, found)


def test_a_time_is_told_in_the_unit_that_suits_it():
    assert [in_words(t) for t in (0.2, 94.4, 660.0, 9000.0)] == ["1 s", "94 s", "11 min", "2.5 h"]


def test_memory_is_told_in_three_dimensions_too():
    case, found = planned("particle.shape=sphere", "particle.mesh.boundary_size=0.3 um")
    assert f"memory      about {of.in_bytes(found.memory)} on one rank" in describe(case, found)


def test_frames_that_would_fill_the_disk_are_cautioned():
    often = "output.fields.interval=600 s"
    case, found = planned(often)
    needed = frames_size(case, found)
    assert needed == pytest.approx(61 * 40 * found.dofs)  # 60 of the interval, and the first
    (told,) = limit_cautions(case, found, Machine(inf, needed / 2))
    assert f"the fields take about {of.in_bytes(needed)}" in told
    none = planned(often, "output.fields.enabled=false")
    assert limit_cautions(*none, Machine(inf, 1.0)) == []


def test_frames_are_no_more_than_time_steps():
    case, found = planned("output.fields.interval=1 s")
    assert frames_size(case, found) == pytest.approx(301 * 40 * found.dofs)


def test_the_free_memory_and_disk_of_this_machine_are_found(tmp_path):
    found = this_machine(tmp_path / "not/there/yet")
    assert found.memory > 1e8
    assert found.disk > 0


def test_a_container_allows_less_than_the_machine_has(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("123456789\n")
    monkeypatch.setattr(machine, "CGROUP", tmp_path / "memory.max")
    assert this_machine(tmp_path).memory == 123456789
    (tmp_path / "memory.max").write_text("max\n")
    assert this_machine(tmp_path).memory > 123456789


def test_too_many_cells_are_refused_by_check_as_by_run(capsys, tmp_path):
    case = str(CASES / "quickstart.yaml")
    fine = ["--set", "particle.mesh.boundary_size=0.1 nm", "--set", "particle.mesh.size=0.1 nm"]
    for command in (["check", case], ["run", case, "-o", str(tmp_path / "run")]):
        assert main([*command, *fine]) == 2
        assert "million cells, more than 20 million" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
    assert main(["check", case, *fine, "--force"]) == 0
    assert "of memory are needed" in capsys.readouterr().out


@pytest.mark.parametrize("grains", [1, 2])
def test_any_estimate_is_survived(grains):
    case, found = planned(*(["particle.grains.count=1"] if grains == 1 else []))
    for mesh in (
        found.mesh._replace(grains=grains, boundary_facets=0, boundary_area=0.0),
        found.mesh._replace(grains=grains, boundary_facets=0),
        found.mesh._replace(grains=grains, boundary_area=0.0, cell=0.0),
    ):
        other = plan(case, mesh)
        assert "cells" in describe(case, other, cautions(case, other))
