"""The temperature changes from step to step, and every law is that of the present one."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from solver.drive.simulation import Simulation
from solver.entries import laws
from solver.entries.laws import Law
from solver.materials.library import load_grain_material
from solver.mechanisms import Mechanism
from solver.model.build import build_model
from solver.output.observe.now import Books
from solver.particle.mesh import COATING
from solver.solve.impedance import spectrum
from tests.networks import brick_particle
from tests.particles import case_of, disc, meshed, model_of, oxide, ran, strip

ROOM, WARM = 298.15, 333.15
SMALL = disc(6, 1.0, 0.35, 0.25)
PRECISE = (
    "numerics={stagger_tolerance: 1e-10 V, stagger_iterations: 200, newton_tolerance: 1e-12,"
    " time_step: {fixed: 60}}"
)
CYCLE = ("Charge at 2C for 5 min", "Discharge at 2C for 2 min")
WARM_PART = ("Rest for 2 min", "Hold at 4.05 V for 3 min")
WEAK = "physics.cohesive={strength: 0.5 GPa, toughness: 1 J/m^2, relaxation_time: 100 s}"
SLIDING = "{enabled: true, relaxation_time: 400 s, reference_temperature: 298.15}"
KINDS = {
    "dry, cracking and sliding": [WEAK, f"physics.sliding={SLIDING}"],
    "wet, with films that grow and liquid that corrodes": [
        WEAK,
        "particle.boundary.state=liquid",
        "physics.interphase={enabled: true, acceleration: 50, oxidation: {enabled: true}}",
        "physics.corrosion={enabled: true, acceleration: 50}",
        "physics.fatigue={enabled: true, acceleration: 50}",
    ],
    "filled and coated": ["particle.boundary.state=lpo", "particle.coating={thickness: 80 nm}"],
}


GROWTH = ("rate", "oxidation.rate", "oxidation.scale")
ELECTRO = ("conductivity", "diffusivity", "exchange_current", "potential", "thermal_voltage")
SURFACES = (
    "boundary.exchange",
    *(f"filling.{name}" for name in ("conductivity", "conductivity_along", "exchange")),
    *(f"liquid.{name}" for name in ("conductivity", "conductivity_along")),
    "outside_exchange",
)
FILMS = (
    *(f"_resistances.{side}.{k}" for side in range(3) for k in range(2)),
    *(f"films.{side}.{name}" for side in range(3) for name in GROWTH),
)
CHANGED = {
    "temperature",
    "sliding.relaxation_time",
    "in fillers",
    "corrosion.law.rate",
    *(f"electro.{name}" for name in ELECTRO),
    *(f"surfaces.{name}" for name in SURFACES),
    *(f"interphase.{name}" for name in FILMS),
}


def listed(*steps):
    return f"[{', '.join(repr(step) for step in steps)}]"


class Continued(Simulation):
    """Goes on from the state of the model as it is, in equilibrium."""

    def _begin(self):
        self.model.slow.weaken(self.model.present())
        self.way.accept(0.0, 0.0)
        self.ledger.open(self.model.state["damage"])
        self.electrical.open()
        self._books = Books(self.ledger, self.electrical, self.model.lithium())


@pytest.mark.parametrize("kind", KINDS)
def test_a_warm_step_after_a_cycle_goes_as_in_a_particle_that_was_built_warm(kind):
    overrides = (*SMALL, PRECISE, *KINDS[kind])
    whole = case_of(listed(*CYCLE, f"{WARM_PART[0]} at 60 degC", *WARM_PART[1:]), *overrides)
    particle = meshed(whole)
    cycled = model_of(case_of(listed(*CYCLE), *overrides), particle)
    assert ran(cycled)[2].status == "finished"
    warm = model_of(case_of(listed(*WARM_PART), *overrides, "temperature=60 degC"), particle)
    continued = Continued(warm)
    for name, values in cycled.state.arrays().items():
        if name != "temperature":
            warm.state[name][:] = values
    assert continued.run().status == "finished"
    both = model_of(whole, particle)
    simulation, recorder, outcome = ran(both)
    assert outcome.status == "finished"
    assert sorted(set(recorder.column("Temperature / K"))) == [ROOM, WARM]
    found = mechanical(both, simulation) | both.state.arrays()
    for name, values in (mechanical(warm, continued) | warm.state.arrays()).items():
        size = max(np.abs(values).max(initial=0.0), 1e-3)
        error = np.abs(found[name] - values).max(initial=0.0) / size
        assert error < 1e-10 or name == "displacement", name  # the particle may turn as a whole


def mechanical(model, simulation):
    """What tells of the displacement, without motions of the whole particle."""
    return {"stress": simulation.way.stress(), "openings": model.mechanics.openings()}


def numbers_of(laws, path=""):
    """Every number of nested laws by name; of those of the occupancy at some occupancies."""
    if isinstance(laws, Law):
        x = np.linspace(0.05, 0.95, 19)
        yield path, np.concatenate([laws.value(x), laws.slope(x), laws.curvature(x)])
    elif isinstance(laws, (float, np.ndarray)):
        yield path, np.atleast_1d(laws)
    else:
        for name, part in parts_of(laws):
            yield from numbers_of(part, f"{path}.{name}".lstrip("."))


def parts_of(laws):
    """Names and values inside laws or a mechanism; not what no temperature changes."""
    if isinstance(laws, Mechanism):
        fixed = ("_places", "_points", "_section", "_materials")
        return [(name, value) for name, value in vars(laws).items() if name not in fixed]
    if is_dataclass(laws):
        found = [(entry.name, getattr(laws, entry.name)) for entry in fields(laws)]
        return [(name, value) for name, value in found if name != "places"]
    if isinstance(laws, tuple):
        return zip(getattr(laws, "_fields", range(len(laws))), laws, strict=True)
    return []


def all_laws(model):
    """Every number of the laws of a model and its mechanisms."""
    found = dict(numbers_of(model.laws.now))
    for mechanism in model.slow.mechanisms:
        found |= numbers_of(mechanism, mechanism.name)
    found["in fillers"] = model.electro.nodal.diffusivity.x.array[~model.electro.in_oxide].copy()
    return found


def same(some, others):
    """Whether numbers are equal to the bit."""
    return all(np.array_equal(some[name], others[name]) for name in some.keys() | others.keys())


@pytest.fixture(scope="module")
def sealed():
    """Four grains in a row, a coating at the end; their boundaries filled, dry and liquid."""
    slow = ("interphase={enabled: true, oxidation: {enabled: true}}", "corrosion.enabled=true")
    acting = [f"physics.{section}" for section in (*slow, f"sliding={SLIDING}")]
    case = case_of(listed("Rest for 1 s"), *acting)
    bare = brick_particle((5.0, 1.0), (10, 2), (5, 1), states={(0, 1): "lpo", (2, 3): "liquid"})
    names = (*bare.grain_names[:4], COATING)
    return case, replace(bare, grain_names=names, is_filler=np.array([False] * 4 + [True]))


def test_laws_at_a_temperature_are_those_of_a_model_built_at_it_and_all_change(sealed):
    case, particle = sealed
    model = build_model(case, particle)
    before = all_laws(model)
    assert model.set_temperature(WARM)
    warm = build_model(case.model_copy(update={"temperature": WARM}), particle)
    found = all_laws(model)
    assert same(found, all_laws(warm))
    changed = {name for name in found if not np.array_equal(found[name], before[name])}
    print(sorted(changed))
    assert changed == CHANGED
    assert (found["in fillers"] > 1.2 * before["in fillers"]).all()
    assert model.mechanics.bond.sliding == model.laws.now.sliding == warm.mechanics.bond.sliding
    assert model.state["temperature"] == warm.state["temperature"] == WARM
    assert model.present().temperature == WARM


def test_there_and_back_again_nothing_has_changed(sealed):
    model = build_model(*sealed)
    before = all_laws(model)
    assert model.set_temperature(WARM)
    assert model.set_temperature(ROOM)
    assert same(all_laws(model), before)


def counting(calls):
    """An oxide that counts how often its diffusivity is asked for at a temperature."""
    usual = load_grain_material("NMC76")

    def diffusivity(temperature):
        calls.append(temperature)
        return usual.diffusivity(temperature)

    return oxide(diffusivity=diffusivity)


@pytest.mark.parametrize(
    ("temperatures", "asked"),
    [(("", "", ""), [ROOM]), ((" at 25 degC",) * 3, [ROOM]),
     (("", " at 60 degC", ""), [ROOM, WARM]),
     ((" at 60 degC", " at 60 degC", " at 25 degC"), [ROOM, WARM, ROOM])],
)  # fmt: skip
def test_laws_are_evaluated_once_for_every_change_of_the_temperature(temperatures, asked):
    steps = ("Charge at 1C for 2 min", "Rest for 1 min", "Discharge at 1C for 1 min")
    case = case_of(listed(*(a + b for a, b in zip(steps, temperatures, strict=True))), PRECISE)
    calls = []
    model = model_of(case, strip(1.0, 0.5, 2, 1, [[0.0, 0.0, 1.0]]), counting(calls))
    assert ran(model)[2].status == "finished"
    assert calls == asked


def test_the_voltage_at_rest_follows_the_entropy_of_the_oxide():
    steps = ("Rest for 1 min", "Rest for 1 min at 60 degC", "Rest for 1 min at 10 degC")
    case = case_of(listed(*steps), PRECISE, "physics.swelling.enabled=false")
    grain = oxide(entropic=laws.linear(2e-4, 3e-4))
    _, recorder, _ = ran(model_of(case, strip(1.0, 0.5, 2, 1, [[0.0, 0.0, 1.0]]), grain))
    cold, *others = [row["Voltage / V"] for row in recorder.ends[1:]]
    slope = 2e-4 + 3e-4 * case.initial.occupancy
    assert np.array(others) - cold == pytest.approx([35 * slope, -15 * slope], rel=1e-6)


def test_the_books_close_over_steps_of_several_temperatures():
    """Swelling left out, nothing is missing but what the first steps after a change cost."""
    steps = ("Charge at 1C for 10 min", "Charge at 1C for 5 min at 60 degC",
             "Discharge at 1C for 10 min at 10 degC")  # fmt: skip
    fixed = "numerics.time_step.fixed=30"
    case = case_of(listed(*steps), *SMALL, fixed, "physics.swelling.enabled=false")
    grain = oxide(entropic=laws.constant(-5e-4))
    _, recorder, outcome = ran(model_of(case, meshed(case), grain))
    assert outcome.status == "finished"
    print(f"missing at most {recorder.column('Electrical Error / 1').max():.1e}")
    assert recorder.column("Electrical Error / 1").max() < 1e-6
    last = recorder.rows[-1]
    assert min(value for name, value in last.items() if " Loss / " in name) >= 0.0


def test_an_impedance_is_that_of_its_temperature():
    case = case_of(listed("Impedance from 1 Hz to 1 mHz at 60 degC"), "initial.occupancy=0.6")
    body = strip(1.0, 0.5, 4, 2, [[0.6, 0.0, 0.8], [0.0, 0.8, 0.6]])
    _, recorder, _ = ran(model_of(case, body), look=lambda snapshot: snapshot.spectrum)
    (measured,) = [found for found in recorder.seen if found is not None]
    warm = model_of(case.model_copy(update={"temperature": WARM}), body)
    simulation = Simulation(warm)
    simulation._begin()
    expected = spectrum(warm, list(measured.frequencies))
    cold = model_of(case, body)
    assert measured.impedance == pytest.approx(expected, rel=1e-6)
    assert abs(spectrum(cold, [1.0])[0] / expected[0] - 1) > 0.1


def test_a_temperature_that_an_oxide_does_not_have_ends_the_run_and_is_named():
    case = case_of(listed("Rest for 1 min", "Rest for 1 min at 90 degC"), PRECISE)
    steep = oxide(entropic=laws.linear(0.0, 0.02))
    model = model_of(case, strip(1.0, 0.5, 2, 1, [[0.0, 0.0, 1.0]]), steep)
    _, _, outcome = ran(model)
    assert outcome.status == "failed"
    assert "at 60 s: " in outcome.reason
    assert "363.15 K" in outcome.reason
    assert model.temperature == model.state["temperature"] == ROOM


def test_a_run_that_goes_on_after_a_warm_step_is_still_warm():
    steps = ("Charge at 1C for 2 min", "Rest for 1 min at 60 degC", "Discharge at 1C for 2 min")
    body, rigid = strip(1.0, 0.5, 2, 1, [[0.0, 0.0, 1.0]]), "physics.swelling.enabled=false"
    whole, short = (case_of(listed(*steps[:n]), PRECISE, rigid) for n in (3, 2))
    before = Simulation(model_of(short, body))
    assert before.run().status == "finished"
    resumed = Simulation(model_of(whole, body))
    resumed.load(before.save())
    assert resumed.model.temperature == resumed.model.state["temperature"] == WARM
    assert resumed.run().status == "finished"
    straight = model_of(whole, body)
    ran(straight)
    for name, values in straight.state.arrays().items():
        assert resumed.model.state[name] == pytest.approx(values, rel=1e-9, abs=1e-12), name
