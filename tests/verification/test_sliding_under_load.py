"""Two blocks on each other as a specimen: slow sliding in a hold, friction under rising load."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.solve.loaded import LoadedSolver
from solver.solve.mechanics import EquilibriumError
from tests.bodies import bricks
from tests.particles import CASES, Recorder

YOUNG, POISSON = 70e3, 0.3
SHEAR = YOUNG / (2 * (1 + POISSON))
PENALTY = 1e6  # MPa/um


def loaded(loads, protocol, *overrides):
    """Loading and history of two square blocks of 1 um, one upon the other."""
    basis = ["precracks=[]", "physics.cohesive.penalty=1e18 Pa/m", "mechanics.thickness=1 um"]
    given = [*basis, f"loads={loads}", f"protocol={protocol}", *overrides]
    case = Case.load(CASES / "benchmarks" / "dcb.yaml", given)
    blocks = bricks((1.0, 2.0), (4, 8), (1, 2), [[0, 0, 1]] * 2)
    sides = {
        "base": lambda x: x[1] < 1e-9,
        "top": lambda x: x[1] > 2.0 - 1e-9,
        "flanks": lambda x: (x[0] < 1e-9) | (x[0] > 1.0 - 1e-9),
    }
    facets = {n: mesh.locate_entities_boundary(blocks.mesh, 1, at) for n, at in sides.items()}
    facets["joint"] = mesh.locate_entities(blocks.mesh, 1, lambda x: np.abs(x[1] - 1.0) < 1e-9)
    blocks = replace(blocks, surfaces={**blocks.surfaces, **facets})
    recorder = Recorder()
    loading = Simulation(build_model(case, blocks), [recorder])
    outcome = loading.run()
    assert outcome.status == "finished", outcome.reason
    return loading, recorder


SHEARED = (
    "[{surface: base, fixed: [x, y]}, {surface: flanks, fixed: [y]}, "
    "{surface: top, fixed: [y], displacement: {x: 0.1 nm}}]"
)


def test_a_sheared_bicrystal_relaxes_while_it_is_held():
    """Maxwell: blocks and bond are springs, the slip of the bond is the dashpot."""
    steps = 60
    tau = 50.0  # s, of grains of 1 um: viscosity tau C_44 / size
    exact = tau * (2.0 + SHEAR / PENALTY)
    _, recorder = loaded(
        SHEARED,
        f"[{{load: {{to: 1, increments: 2}}}}, "
        f"{{load: {{to: 1, increments: {steps}, duration: {1.5 * exact} s}}}}]",
        f"physics.sliding={{enabled: true, relaxation_time: {tau} s, activation_energy: 0 J/mol}}",
        "physics.cohesive.strength=1 GPa",
    )
    stress = 1e6 * recorder.column("Force top x / N")
    time = recorder.column("Test Time / s")
    held = time[2:] - time[2]
    assert stress[2] == pytest.approx(1e-4 / (2 / SHEAR + 1 / PENALTY), rel=1e-6)
    assert held[-1] == pytest.approx(1.5 * exact)
    assert stress[2:] / stress[2] == pytest.approx(np.exp(-held / exact), rel=0.03)
    lost = recorder.column("Elastic Energy / J") + recorder.column("Bond Energy / J")
    slid = recorder.column("Sliding Dissipation / J")
    assert slid[-1] == pytest.approx(lost[2] - lost[-1], rel=0.02)
    assert not slid[:3].any()
    assert recorder.column("Energy Error / 1").max() < 1e-9


def test_a_load_step_may_be_warm_and_boundaries_then_slide_faster():
    """By exp(E/R (1/T - 1/T')), 69.3 at 60 degC for 100 kJ/mol from 25 degC."""
    sliding = "{enabled: true, relaxation_time: 50 s, reference_temperature: 298.15}"
    held = "{{load: {{to: {}, increments: 2, duration: 1e-3 s{}}}}}"
    steps = held.format(1, ""), held.format(1.1, ", temperature: 60 degC")
    times = []
    for protocol in (f"[{steps[0]}]", f"[{', '.join(steps)}]"):
        loading, recorder = loaded(SHEARED, protocol, f"physics.sliding={sliding}")
        times.append(loading.model.mechanics.bond.sliding.relaxation_time)
    assert times[0] / times[1] == pytest.approx(69.3, rel=1e-3)
    assert recorder.column("Temperature / K") == pytest.approx([298.15] * 3 + [333.15] * 2)


def test_a_broken_face_sticks_and_slips_as_the_load_comes_and_goes():
    """Rigid blocks: pressure and shear rise together and slip; on the way back they stick first."""
    coefficient, pressed, moved = 0.4, 0.4e-3, 1e-3  # um
    penalty = 0.1 * PENALTY  # soft beside the blocks
    loading, recorder = loaded(
        "[{surface: base, fixed: [x, y]}, "
        f"{{surface: top, displacement: {{x: {moved} um, y: {-pressed} um}}}}]",
        "[{load: {to: 1, increments: 20}}, {load: {to: 0, increments: 40}}]",
        "materials.solid.young=1e15 Pa",
        f"physics.cohesive.penalty={1e12 * penalty} Pa/m",
        "precracks=[joint]",
        f"physics.friction={{enabled: true, coefficient: {coefficient}}}",
    )
    factor = recorder.column("Load Factor / 1")
    shear = 1e6 * recorder.column("Force top x / N")
    stiffness = penalty * loading.model.mechanics.law.shear_stiffness * moved
    limit = coefficient * penalty * pressed
    back = np.maximum(limit - stiffness * (1 - factor), -limit * factor)
    exact = np.where(np.arange(len(factor)) <= 20, limit * factor, back)
    print(f"off by {abs(shear - exact).max() / limit:.1e}, {loading.way.path.cuts} cuts")
    assert stiffness > limit
    assert shear == pytest.approx(exact, abs=5e-3 * limit)
    rubbed = recorder.column("Friction Dissipation / J")
    assert np.diff(rubbed).min() > -1e-6 * rubbed[-1]
    work = recorder.column("External Work / J")[-1]
    assert rubbed[-1] == pytest.approx(work, rel=0.02)
    assert loading.way.path.driven == loading.way.path.jumps == 0


@pytest.mark.parametrize(
    "mechanism",
    [
        "physics.sliding={enabled: true, relaxation_time: 50 s, activation_energy: 0 J/mol}",
        "physics.friction={enabled: true, coefficient: 0.4}",
    ],
)
def test_an_increment_that_is_taken_back_takes_its_slip_back(monkeypatch, mechanism):
    """Two attempts fail, in one run before they are solved, in the other after they have slid."""
    solve = LoadedSolver.solve
    pressed = (
        "[{surface: base, fixed: [x, y]}, {surface: top, displacement: {x: 0.6 nm, y: -0.2 nm}}]"
    )
    found = []
    for late in (False, True):
        attempts = iter(range(1, 1000))

        def hesitant(self, share, enough=0.0, late=late, attempts=attempts):
            fails = next(attempts) in (3, 7)
            if late or not fails:
                history = solve(self, share, enough)
            if fails:
                raise EquilibriumError("for the sake of the test")
            return history

        monkeypatch.setattr(LoadedSolver, "solve", hesitant)
        loading, recorder = loaded(
            pressed,
            "[{load: {to: 1, increments: 5, duration: 40 s}}]",
            "precracks=[joint]" if "friction" in mechanism else "precracks=[]",
            "physics.cohesive.strength=1 GPa",
            mechanism,
        )
        state = loading.model.state
        assert loading.way.path.cuts == 2
        found.append(
            {
                "slip": state["slip"] + state["stick"],
                "force": recorder.column("Force top x / N"),
                "time": recorder.column("Test Time / s"),
            }
        )
    early, late = found
    assert np.abs(early["slip"]).max() > 1e-5
    for name, values in early.items():
        assert late[name] == pytest.approx(values, rel=1e-6, abs=1e-9 * np.abs(values).max()), name
