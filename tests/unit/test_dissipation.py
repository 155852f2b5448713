"""What is watched of the energies of every step, on numbers made up by hand."""

from types import SimpleNamespace

import pytest

from solver.model.dissipation import DISSIPATED, Dissipation, Energies, EnergyError
from solver.model.energy import EnergyLedger


@pytest.mark.parametrize("name", [*DISSIPATED, "algorithmic"])
def test_the_most_negative_step_of_each_dissipation_is_kept(name):
    watched = Dissipation()
    course = [1.0, 4.0, 3.5, 3.0, 2.8, 9.0]  # falls by 0.5 twice, at two elastic energies
    elastic = [8.0, 10.0, 20.0, 20.0, 20.0]
    for before, after, largest in zip(course[:-1], course[1:], elastic, strict=True):
        watched.watch(Energies(**{name: before}), Energies(**{name: after}), largest)
    assert watched.lowest.pop(name) == pytest.approx(-0.05, rel=1e-12)
    assert set(watched.lowest.values()) == {0.0}


def test_the_algorithmic_part_has_either_sign_and_is_no_lowest_dissipation():
    watched = Dissipation()
    watched.watch(Energies(), Energies(algorithmic=-3.0, viscous=-0.5), 10.0)
    watched.watch(Energies(algorithmic=-3.0), Energies(algorithmic=1.0), 10.0)
    assert watched.worst == pytest.approx(-0.05)
    assert watched.lowest["algorithmic"] == pytest.approx(-0.3)
    assert watched.algorithmic == pytest.approx(7.0)


def test_the_algorithmic_share_is_that_of_new_cracks_if_there_are_any():
    watched = Dissipation(algorithmic=3.0)
    assert watched.share(Energies(fracture=4.0, grain_fracture=8.0), 100.0) == 0.25
    assert watched.share(Energies(fracture=1e-5), 100.0) == pytest.approx(30.0)
    assert Dissipation().share(Energies(), 0.0) == 0.0


def test_without_elastic_energy_nothing_is_told():
    watched = Dissipation()
    watched.watch(Energies(), Energies(fracture=-1.0), 0.0)
    assert watched.worst == 0.0


def test_a_share_above_what_a_case_allows_is_an_error_with_both_figures():
    ledger = SimpleNamespace(algorithmic_share=lambda: 0.0721)
    for allowed in (None, 0.08):
        EnergyLedger.require(ledger, allowed)
    with pytest.raises(EnergyError, match=r"7\.21% of .* allows \(5\.00%\)"):
        EnergyLedger.require(ledger, 0.05)
