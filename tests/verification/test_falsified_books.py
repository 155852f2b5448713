"""Every entry of the books is falsified in turn, and one of the figures finds it.

The wrong books are kept beside the right ones of the same run, so that it is run once.
"""

from solver.drive.simulation import Simulation
from solver.model.electrical_work import ElectricalLedger
from solver.model.energy import EnergyLedger
from tests.falsified import keep_beside, lossy, scaled, stocked
from tests.particles import case_of, disc, meshed, model_of

SMALL = [*disc(8, 1.2, 0.3, 0.2), "numerics.time_step.fixed=25 s"]
CYCLE = (
    "[{charge: {rate: 2C, until: {time: 800 s}}}, {discharge: {rate: 2C, until: {time: 500 s}}}]"
)
SLIDING = [
    "physics.cohesive={strength: 0.5 GPa, toughness: 0.8 J/m^2, relaxation_time: 100 s}",
    "physics.sliding={enabled: true, relaxation_time: 400 s, reference_temperature: 298.15}",
]
RUBBING = [
    "physics.cohesive={strength: 0.3 GPa, toughness: 0.3 J/m^2, relaxation_time: 100 s}",
    "physics.friction={enabled: true, coefficient: 0.3}",
    "numerics.time_step.fixed=10 s",
]
LOSING = [
    "particle.boundary.state=liquid",
    "materials.electrolyte=polymer",
    "electrode.contact=30 S/m^2",
    "physics.interphase={enabled: true, acceleration: 3, confinement: {enabled: false}}",
]
ROUNDING = 1e-12  # of the largest elastic energy
SHARE = 0.05  # of the fracture energy
CLOSURE = 0.01


def complaints(ledger: EnergyLedger) -> list[str]:
    """Which figures of the mechanical books are not as they must be."""
    found = []
    if ledger.dissipation.worst < -ROUNDING:
        found.append(f"dissipation {ledger.dissipation.worst:.1e}")
    if ledger.algorithmic_share() > SHARE:
        found.append(f"algorithmic share {ledger.algorithmic_share():.1%}")
    if ledger.error() > 1e-6:
        found.append(f"energy error {ledger.error():.1e}")
    return found


def books_of(overrides, falsify, protocol=CYCLE):
    """The simulation, and the wrong books by what is wrong with them."""
    case = case_of(protocol, *SMALL, *overrides)
    model = model_of(case, meshed(case))
    simulation = Simulation(model)
    wrong = falsify(model)
    keep_beside(simulation, list(wrong.values()))
    outcome = simulation.run()
    assert outcome.status == "finished", outcome.reason
    return simulation, wrong


def falsified_while_sliding(model):
    def ledger():
        return EnergyLedger(model.mechanics)

    return {
        "fracture x 3": stocked(ledger(), "fracture", 3.0),
        "fracture x 0.5": stocked(ledger(), "fracture", 0.5),
        "bond x 0.2": stocked(ledger(), "bond", 0.2),
        "contact x 0.2": stocked(ledger(), "contact", 0.2),
        "elastic x 1.1": stocked(ledger(), "elastic", 1.1),
        "viscous x 0.5": scaled(ledger(), "_viscous", 0.5),
        "sliding x 0.5": scaled(ledger(), "_sliding", 0.5),
        "sliding x -1": scaled(ledger(), "_sliding", -1.0),
        "swelling x 1.1": scaled(ledger(), "_swelling", 1.1),
    }


def test_wrong_books_of_boundaries_that_part_and_slide_are_found():
    simulation, wrong = books_of(SLIDING, falsified_while_sliding)
    found = {name: complaints(ledger) for name, ledger in wrong.items()}
    for name, said in found.items():
        print(f"{name}: {'; '.join(said)}")
    assert complaints(simulation.ledger) == []
    assert min(map(len, found.values())) > 0
    energies = simulation.ledger.energies
    assert min(energies.fracture, energies.viscous, energies.sliding) > 0


def test_wrong_books_of_friction_are_found():
    simulation, wrong = books_of(
        RUBBING,
        lambda model: {
            f"friction x {factor}": scaled(EnergyLedger(model.mechanics), "_friction", factor)
            for factor in (2.0, 0.0, -1.0)
        },
    )
    found = {name: complaints(ledger) for name, ledger in wrong.items()}
    for name, said in found.items():
        print(f"{name}: {'; '.join(said)}")
    assert simulation.ledger.energies.friction > 0
    assert complaints(simulation.ledger) == []
    assert min(map(len, found.values())) > 0


def falsified_losses(model):
    def ledger():
        return ElectricalLedger(model)

    methods = {
        "surfaces": "_through_surfaces",
        "electrons": "_by_electrons",
        "network": "_in_network",
        "diffusion": "_in_bulk",
        "side reaction": "_aside",
    }
    wrong = {name: lossy(ledger(), method, 0.7) for name, method in methods.items()}
    wrong["chemical"] = scaled(ledger(), "_chemical", 0.999)
    wrong["swelling"] = ledger()
    right = wrong["swelling"].book
    wrong["swelling"].book = lambda dt, work, *more: right(dt, 0.5 * work, *more)
    return wrong


def test_wrong_books_of_electrical_work_are_found():
    """Losses are a third too small, the work of swelling half, the chemical energy a thousandth."""
    protocol = CYCLE.replace("2C", "1C")
    simulation, wrong = books_of(LOSING, falsified_losses, protocol)
    found = {name: ledger.error() for name, ledger in wrong.items()}
    losses = simulation.electrical.energies.losses
    print(f"right {simulation.electrical.error():.2%}, {losses}")
    print(", ".join(f"{name} {error:.1%}" for name, error in found.items()))
    assert simulation.electrical.error() < CLOSURE
    assert min(found.values()) > CLOSURE


def test_wrong_books_of_long_steps_and_of_coarse_cells_are_found():
    """What the voltage does between the ends of steps, and what recovery of the stress does."""

    def falsify(model):
        return {
            f"{name} x {factor}": scaled(ElectricalLedger(model), f"_{name}", factor)
            for name in ("curvature", "recovery")
            for factor in (0.0, -1.0)
        }

    coarse = [*disc(8, 0.6, 0.2, 0.15), "numerics.time_step.fixed=400 s"]
    slow = "[{charge: {rate: C/3, until: {time: 4800 s}}}]"
    simulation, wrong = books_of(coarse, falsify, slow)
    found = {name: ledger.error() for name, ledger in wrong.items()}
    print(f"right {simulation.electrical.error():.3%}", found)
    assert simulation.electrical.error() < 0.2 * CLOSURE
    assert min(found.values()) > CLOSURE


def test_stress_that_acts_by_half_on_the_potential_is_found():
    case = case_of(CYCLE.replace("2C", "1C"), *SMALL, "numerics.time_step.fixed=100 s")
    simulation = Simulation(model_of(case, meshed(case)))
    right = simulation.way.solver._stress_part
    simulation.way.solver._stress_part = lambda: 0.5 * right()
    assert simulation.run().status == "finished"
    print(f"missing {simulation.electrical.error():.2%}")
    assert simulation.electrical.error() > CLOSURE
