"""A run that goes on in its directory leaves behind what it would have left without a break."""

import csv
import json
from math import isnan, nan
from pathlib import Path

import pytest

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.output.observe.group import columns_of
from solver.output.snapshot import Run
from solver.output.trackers import close, open_trackers
from solver.results.field_frames import frame_files
from tests.particles import CASES, case_of, disc, meshed
from tests.ranks import on_ranks

CYCLES = (
    "[{sweep: {rate: 1 mV/s, to: 3.7 V}},"
    " {repeat: {times: 2, steps: [{charge: {rate: 2C, until: {time: 8 min}}},"
    " {impedance: {from: 1 kHz, to: 1 Hz, points_per_decade: 1}},"
    " {discharge: {rate: 2C, until: {time: 4 min}}}]}}]"
)
AGEING = (
    *disc(4, 1.0, 0.5, 0.5),
    "numerics.time_step.fixed=60 s",
    "output.fields.interval=3 min",
    "physics.acceleration=50",
    "physics.wetting.enabled=true",
    "physics.interphase.enabled=true",
    "physics.fatigue.enabled=true",
)
QUIET = "output={figures: {enabled: false}, report: {enabled: false}}"
LOADED = "protocol=[{load: {to: 0.33}}, {load: {to: 0.1}}, {load: {to: 0.4}}]"
EFFORT = ("/factorizations", "/newton_iterations", "/linear_iterations")
MODULE = "tests.verification.test_going_on_with_files"
TIMES = ("/wall_time_s", "/start", "/end")
BARELY = ("Softened Fraction / 1", "/boundary/softened_fraction")  # noise moves a point over 0
POINT = 0.0051  # of the 200 of the loaded case
LONG_AGO, LONG = "2020-02-02T00:00:00+00:00", 1000.0


def of_case(kind):
    if kind == "cycled":
        return case_of(CYCLES, *AGEING, QUIET)
    return Case.load(CASES / "benchmarks" / "fatigue.yaml", (LOADED, QUIET))


def begun(case, particle, directory):
    """A simulation that writes into a directory, and the description of its run."""
    model = build_model(case, particle)
    simulation = Simulation(model)
    about = case, particle, model.spaces, directory, model.comm, model.dofs
    acting, columns = model.slow.mechanisms, columns_of(simulation.groups)
    run = Run(*about, mechanisms=acting, columns=columns)
    simulation.trackers = open_trackers(run, progress=False)
    return simulation, run


def follow(simulation, steps):
    """Follow the protocol as far as the end of some steps of its list."""
    outcome = simulation.run(lambda: simulation._done == steps)
    assert outcome.status == "interrupted", outcome.reason


def both(comm, kind, folder, steps):
    """A run without a break, and one that is lost a step after it was saved, and goes on."""
    case, broken = of_case(kind), Path(folder, "broken")
    particle = meshed(case, comm)
    whole, run = begun(case, particle, Path(folder, "whole"))
    close(whole.trackers, whole.run(), run)
    first, _ = begun(case, particle, broken)
    follow(first, steps)
    memory = first.save()
    follow(first, steps + 1)
    told = memory["trackers"]
    told["metadata.json"]["start"] = LONG_AGO
    for name in ("metadata.json", "summary.json"):
        told[name]["wall_time"]["seconds"] += LONG
    second, run = begun(case, particle, broken)
    second.load(memory)
    outcome = close(second.trackers, second.run(), run)
    return {"status": outcome.status, "reason": outcome.reason}


def rows_of(file):
    with file.open(newline="") as lines:
        header, *rows = csv.reader(lines)
    return header, rows


def flat(value, name=""):
    """All that a JSON value says, by its path; nan for null."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        return {k: v for key in value for k, v in flat(value[key], f"{name}/{key}").items()}
    return {name: nan if value is None else value}


def largest_by_unit(header, rows):
    """The largest number of each unit in a table, so that noise is told from what counts."""
    largest = {}
    for name, column in zip(header, zip(*rows, strict=True), strict=True):
        numbers = [abs(float(word)) for word in column if word != "nan" and " / " in name]
        unit = name.split(" / ")[-1]
        largest[unit] = max([largest.get(unit, 0.0), *numbers])
    return largest


def require_same_table(broken, whole):
    (header, rows), (expected_header, expected) = rows_of(broken), rows_of(whole)
    assert header == expected_header
    assert len(rows) == len(expected) > 0
    scale = largest_by_unit(header, expected)
    off = dict[str, tuple[str, str]]()
    for row, wanted in zip(rows, expected, strict=True):
        for name, word, other in zip(header, row, wanted, strict=True):
            if " / " not in name:
                assert word == other, name
            elif "Iterations" not in name:
                least = POINT if name in BARELY else 1e-6 * scale[name.split(" / ")[-1]]
                if float(word) != pytest.approx(float(other), abs=least, nan_ok=True):
                    off[name] = word, other
    assert not off


def kind_of(name):
    """What numbers of a summary measure, by the end of their names."""
    return name.rpartition("_")[2]


def require_same_json(broken, whole):
    told, expected = (flat(json.loads(file.read_text())) for file in (broken, whole))
    assert set(told) == set(expected)
    largest = dict[str, float]()
    for name, value in expected.items():
        if isinstance(value, int | float) and not isnan(value):
            kind = kind_of(name)
            largest[kind] = max(largest.get(kind, 0.0), abs(value))
    for name, value in expected.items():
        if name in EFFORT:  # the first factors of the second part are its own
            assert told[name] == pytest.approx(value, rel=0.1, abs=1), name
        elif isinstance(value, str):
            assert told[name] == value or name in TIMES, name
        elif name not in TIMES:
            least = POINT if name in BARELY else 1e-8 if "error" in name else 1e-14
            least = max(
                least, 1e-6 * largest.get(kind_of(name), 0.0)
            )  # forces that are noise beside others
            assert told[name] == pytest.approx(value, rel=1e-5, abs=least, nan_ok=True), name


def frames(folder, name):
    index = folder / "fields" / f"{name}.pvd"
    return [(t, str(file.relative_to(folder))) for t, files in frame_files(index) for file in files]


@pytest.mark.parametrize(
    ("kind", "steps", "ranks"),
    [("cycled", 4, 1), ("cycled", 4, 2), ("loaded", 1, 1), ("loaded", 1, 2)],
)
def test_files_are_those_of_a_run_without_a_break(tmp_path, kind, steps, ranks):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        folder.mkdir()
    told = on_ranks(ranks, f"{MODULE}:both", kind, str(tmp_path), steps)
    assert told["status"] == "finished", told["reason"]
    names = {file.name for file in whole.iterdir() if file.is_file()}
    tables = {"history.csv", "cycles.csv", "boundaries.csv", "spectra.csv", "sweeps.csv"}
    assert names >= (tables | {"cracks.json"} if kind == "cycled" else {"history.csv"})
    assert names == {file.name for file in broken.iterdir() if file.is_file()}
    for name in names:
        same = require_same_table if name.endswith(".csv") else require_same_json
        same(broken / name, whole / name)
    for name in ("particle", "boundaries"):
        times, files = zip(*frames(broken, name), strict=True)
        wanted, expected = zip(*frames(whole, name), strict=True)
        assert files == expected
        assert times == pytest.approx(wanted, rel=1e-5)
    ends = [json.loads((broken / f"{name}.json").read_text()) for name in ("summary", "metadata")]
    assert all(LONG < end["wall_time_s"] < LONG + 600 for end in ends)
    assert ends[1]["start"] == LONG_AGO
