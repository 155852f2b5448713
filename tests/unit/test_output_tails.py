"""A run says once that it has entered a tail."""

from types import SimpleNamespace

import pytest

from solver.output.tails import TailCaution


def watched(*extremes: tuple[float, float]) -> TailCaution:
    """A tracker of NMC76 that has seen steps with these extreme occupancies."""
    tracker = TailCaution()
    case = SimpleNamespace(materials=SimpleNamespace(grain="NMC76"))
    tracker.start(SimpleNamespace(case=case, comm=SimpleNamespace(rank=0)))  # type: ignore[arg-type]
    for low, high in extremes:
        row = {"Lowest Occupancy / 1": low, "Highest Occupancy / 1": high}
        tracker.record(SimpleNamespace(row=row))  # type: ignore[arg-type]
    return tracker


def test_a_tail_is_named_once(capfd: pytest.CaptureFixture[str]) -> None:
    watched((0.5, 0.6), (0.2, 0.5), (0.18, 0.4))
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 1
    assert "NMC76: potential below x = 0.2297" in said[0]


def test_measured_occupancies_need_no_words(capfd: pytest.CaptureFixture[str]) -> None:
    watched((0.4, 0.9), (0.5, 0.94))
    assert capfd.readouterr().err == ""
