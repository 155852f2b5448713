"""What fatigue and corrosion take is booked as theirs, and is never negative."""

import pytest

from tests.particles import case_of, disc, meshed, model_of, ran

CYCLE = (
    "[{charge: {rate: 2C, until: {time: 900 s}}}, {discharge: {rate: 2C, until: {time: 700 s}}}]"
)
WORN = [
    *disc(8, 1.2, 0.3, 0.2),
    "particle.boundary.state=liquid",
    "physics.fatigue={enabled: true, acceleration: 300, threshold: 0, endurance: 0.25}",
    "physics.corrosion={enabled: true, acceleration: 3000}",
    "numerics.time_step.fixed=50 s",
]
LEFT = {
    "of the material": [],
    "hardly toughness": [
        "physics.corrosion.remaining_strength=0.9",
        "physics.corrosion.remaining_toughness=0.05",
    ],
}


@pytest.mark.parametrize("left", LEFT)
def test_wear_takes_what_bonds_lose_and_gives_nothing_back(left):
    """Hardly toughness: a brittle law would be stiffer at the same damage."""
    case = case_of(CYCLE, *WORN, *LEFT[left])
    simulation, recorder, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished", outcome.reason
    e, lowest = simulation.ledger.energies, outcome.totals["lowest_dissipations"]
    print(e.worn, f"algorithmic {e.algorithmic:.1e}")
    print(f"lowest corrosion {lowest['corrosion']:.1e}, fatigue {lowest['fatigue']:.1e}")
    assert recorder.rows[-1]["Mean Fatigue / 1"] > 0.1
    assert recorder.rows[-1]["Mean Corrosion / 1"] > 0.1
    assert recorder.rows[-1]["Lowest Dissipation / 1"] > -1e-12
    assert simulation.ledger.dissipation.algorithmic < 0.01 * e.worn["fatigue"]
    assert recorder.rows[-1]["Energy Error / 1"] < 1e-8
