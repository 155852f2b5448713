"""Tables of many runs ask for cases that exist, and take nothing for done that is not."""

import json
import sys
from pathlib import Path

import meshio
import numpy as np
import pytest

from solver.case import Case
from solver.materials import load_boundary_material, load_grain_material
from solver.results.frames import FramePart
from solver.units.acceleration import accelerations

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import ablations
import akantu_dcb
import costs
import cycle_jump
import fracture
import growth
import mismatch
import runs
import strength_map
import uniform_flux

PLANE = ablations.parsed(["--small"])
BALLS = ablations.parsed(
    [
        "--particles",
        ",".join(ablations.BALLS),
        "--causes",
        ",".join(ablations.CAUSES),
        "--seeds",
        "1,2",
    ]
)
JOBS = {job.key: job for chosen in (PLANE, BALLS) for job in ablations.jobs_of(chosen)}


def case_of(*key):
    job = JOBS[key]
    return Case.load(job.case, job.overrides)


@pytest.mark.parametrize("key", JOBS, ids="-".join)
def test_every_ablation_is_a_case_that_declares_its_factor(key):
    physics = case_of(*key).resolved()["physics"]
    assert set(accelerations(physics).values()) == {50.0}
    assert len(case_of(*key).steps()) == 8


def test_each_cause_leaves_out_the_other():
    strain, liquid, both = (case_of("pristine", cause, "1").physics for cause in ablations.USUAL)
    assert (strain.swelling.enabled, strain.wetting.enabled) == (True, False)
    assert (liquid.swelling.enabled, liquid.wetting.enabled) == (False, True)
    assert (both.swelling.enabled, both.wetting.enabled) == (True, True)


def test_the_dose_of_liquid_is_what_differs_between_doses():
    doses = [case_of("ball_pristine", cause, "2") for cause in ("both", "half", "none")]
    assert [case.physics.initial_wetting.area for case in doses] == [700.0, 350.0, 0.0]  # m^2/kg
    assert {case.particle.seed for case in doses} == {2}


def test_a_weak_filling_and_a_leaky_boundary_change_one_half_of_what_filling_does_each():
    weak, leaky = (case_of(f"ball_{name}", "both", "1") for name in ("weak", "leaky"))
    assert (weak.particle.boundary.state, leaky.particle.boundary.state) == ("lpo", "dry")
    dry, filled = (load_boundary_material(name) for name in ("dry", "lpo"))
    bonds = [load_boundary_material(each) for each in
             (weak.materials.boundary.lpo, leaky.materials.boundary.dry)]  # fmt: skip
    assert [each.strength for each in bonds] == [dry.strength, filled.strength]


def test_columns_differ_by_their_texture_alone():
    columns, aligned = (case_of(name, "both", "1").particle for name in ("columns", "aligned"))
    assert columns.grains == aligned.grains
    assert (columns.orientation.texture, aligned.orientation.texture) == ("random", "columnar")


def test_reaction_and_uniform_flux_differ_by_nothing_else():
    jobs = uniform_flux.jobs_of(uniform_flux.parsed(["--small", "--rates", "1C,2C"]))
    cases = [Case.load(job.case, job.overrides) for job in jobs]
    assert [job.key[0] for job in jobs] == ["bonded"] * 4 + ["cracked"] * 4
    fluxes = [case.electrode.flux for case in cases]
    assert fluxes == ["reaction", "uniform"] * 4
    even = cases[0].model_copy(update={"electrode": cases[1].electrode})
    assert even == cases[1]
    assert [case.steps()[0].step.rate for case in cases[::2]] == [1.0, 2.0] * 2


def test_only_what_was_asked_for_in_the_same_words_is_taken_as_done(tmp_path, monkeypatch):
    started = []
    ended = {"code": 3, "said": "gave up", "seconds": 2.5, "cpu": 1.5}
    monkeypatch.setattr(runs, "measured", lambda command: started.append(command) or ended)
    jobs = [runs.Job(("a",), Path("a.yaml"), ("x=1",)), runs.Job(("a",), Path("a.yaml"), ("x=2",))]
    for expected, job in ((1, jobs[0]), (1, jobs[0]), (2, jobs[1])):
        (done,) = runs.carried_out([job], tmp_path, 1, lambda done: None)
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "a" / "summary.json").write_text(json.dumps({"status": "failed"}))
        assert len(started) == expected
        assert (done.code, done.said) == (3, "gave up")
        assert (done.seconds, done.cpu) == (2.5, 1.5)


def test_a_command_is_measured_with_what_it_said_last():
    busy = "import sys, time\nwhile time.process_time() < 0.3: pass\nprint(1)\nsys.exit('no')"
    found = runs.measured([sys.executable, "-c", busy])
    assert (found["code"], found["said"]) == (1, "no")
    assert 0.3 <= found["cpu"] <= found["seconds"] + 0.1


@pytest.mark.parametrize("mix", fracture.MIXES)
def test_a_lever_is_as_long_as_its_mix_of_modes_needs(mix):
    beam = fracture.bending(mix)
    slides = beam._replace(opening=0.0).release(1.0, fracture.NOTCH)
    assert slides == pytest.approx(mix * beam.release(1.0, fracture.NOTCH))
    if 0 < mix < 1:  # the lever holds the moment of the middle about the far support
        assert beam.sliding == pytest.approx(1 + beam.end)


def test_the_beam_for_akantu_is_parted_along_its_notch_alone(tmp_path):
    akantu_dcb.write_split(tmp_path / "beam.msh", 20, 2)
    mesh = meshio.read(tmp_path / "beam.msh")
    x, y = mesh.points[:, :2].T
    triangles = mesh.cells_dict["triangle"]
    below = y[triangles].mean(axis=1) < 0
    shared = np.intersect1d(triangles[below], triangles[~below])
    assert sorted(x[shared]) == pytest.approx(np.arange(30.0, 101.0, 5.0))
    assert np.all(y[shared] == 0)
    upper, lower, right = akantu_dcb.ends(mesh.points[:, :2], triangles)
    assert sorted(y[upper]) == pytest.approx([0.0, 0.75, 1.5])
    assert sorted(y[lower]) == pytest.approx([-1.5, -0.75, 0.0])
    assert right.sum() == 5


@pytest.mark.parametrize("kind", costs.KINDS)
def test_what_is_timed_is_a_case_that_charges(kind):
    file, *overrides = costs.KINDS[kind]
    case = Case.load(costs.ROOT / file, [*overrides, *costs.COMMON])
    assert [type(planned.step).__name__ for planned in case.steps()] == ["Charge"]


def test_every_variant_of_the_lattice_is_a_case_whose_material_is_sound(tmp_path):
    jobs = mismatch.jobs_of(mismatch.parsed(["-o", str(tmp_path)]))
    assert len({job.key for job in jobs}) == 2 * len(mismatch.VARIANTS)
    for job in jobs:
        case = Case.load(job.case, job.overrides)
        material = load_grain_material(case.materials.grain)
        assert material.strain_a.value(np.array(1.0)) == pytest.approx(0.0, abs=1e-9)
        assert case.physics.cohesive.enabled == (job.key[1] == "cracking")


@pytest.mark.parametrize("voltage", [4.25, 4.6])
def test_a_shifted_lattice_fits_again_at_the_voltage_that_was_asked_for(voltage):
    oxide = load_grain_material("NMC76")
    within, across = mismatch.strains(mismatch.Variant(zero=voltage))
    x = np.linspace(0.05, 0.4, 2001)
    misfit = np.interp(x, mismatch.KNOTS, across - within)
    assert oxide.potential.value(x[np.argmin(np.abs(misfit))]) == pytest.approx(voltage, abs=0.02)


def test_a_stronger_mismatch_is_that_of_c_over_a_alone():
    plain, wider = (mismatch.strains(mismatch.Variant(factor=f)) for f in (1.0, 1.2))
    assert wider[0] == pytest.approx(plain[0])
    assert wider[1] - wider[0] == pytest.approx(1.2 * (plain[1] - plain[0]))


def test_the_course_of_a_charge_has_energy_by_volume_and_closed_cracks_as_zero(tmp_path):
    head = f"Voltage / V,{mismatch.ENERGY},{mismatch.WIDTH}\n"
    (tmp_path / "history.csv").write_text(head + "3.6,1e-4,nan\n4.4,2e-4,4e-9\n")
    course = mismatch.course_of(tmp_path)
    area = np.pi * 4e-12
    assert course.energy == pytest.approx([1e-10 / area, 2e-10 / area])
    assert course.width == pytest.approx([0.0, 4.0])
    assert mismatch.line("one", "cracking", course).split()[2:5] == ["1.00", "2.00", "2.50"]
    assert mismatch.line("one", "cracking", course).split()[-1] == "nan"
    energies = mismatch.line("one", "bonded", course).split()
    assert float(energies[3]) == pytest.approx(1.5e-10 / area, abs=0.005)


def test_curves_of_variants_are_drawn(tmp_path):
    course = mismatch.Course(np.array([3.6, 4.4]), np.array([1.0, 2.0]), np.array([0.0, 3.0]))
    both = dict.fromkeys(mismatch.BOUNDARIES, course)
    courses = dict.fromkeys(("as measured", "at 2C"), both)
    assert mismatch.draw(courses, tmp_path / "a.png").stat().st_size > 10000


def three_facets():
    """Boundary triangles: two pairs of grains meet along the line x = 0, half of it damaged."""
    corners = ["000", "010", "200", "000", "010", "300", "200", "210", "010"]
    points = np.array([[float(word) for word in corner] for corner in corners])
    points[5, 0] = -1.0
    cells = np.arange(9).reshape(3, 3)
    damage = np.array([1.0, 0.6, 0.0, 1.0, 0.2, 0.0, 0.0, 0.7, 0.4])
    grains = {"plus grain": np.array([0.0, 0.0, 0.0]), "minus grain": np.array([1.0, 2.0, 1.0])}
    return FramePart(points, cells, {"damage": damage}, grains)


def test_junctions_are_where_more_than_one_pair_of_grains_meets():
    where = strength_map.at_junctions(three_facets())
    assert where.tolist() == [True, True, False, True, True, False, False, False, True]


def test_damage_is_weighted_by_the_area_that_a_point_stands_for():
    """Facets of 1, 1/2 and 1 um^2, a third of it to each point."""
    found = strength_map.damage_of(three_facets())
    assert found.cracked == pytest.approx(100 * (1 + 0.5) / 7.5)
    assert found.half == pytest.approx(100 * (1 + 1 + 0.5 + 1) / 7.5)
    assert found.junctions == pytest.approx(100 * (1 + 1 + 0.5) / (1 + 1 + 0.5 + 0.5 + 1))
    assert found.between == pytest.approx(100 * 1 / (1 + 0.5 + 1 + 1))


def test_the_map_charges_fresh_boundaries_of_the_strength_and_toughness_asked_for():
    chosen = strength_map.parsed(["--strengths", "0.5,2", "--toughnesses", "3"])
    cases = [Case.load(job.case, job.overrides) for job in strength_map.jobs_of(chosen)]
    bonds = [(case.physics.cohesive.strength, case.physics.cohesive.toughness) for case in cases]
    assert bonds == [(0.5e9, 3.0), (2e9, 3.0)]
    assert {case.physics.acceleration for case in cases} == {1.0}


def test_growth_is_told_at_the_ends_of_steps_and_by_the_cycles_they_stand_for(tmp_path):
    rows = ["Step Index / 1,Cracked Fraction / 1", "0,0.01", "0,0.02", "1,0.03", "2,0.05", "2,0.09"]
    (tmp_path / "history.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "metadata.json").write_text('{"accelerations": {"fatigue": 50, "corrosion": 50}}')
    found = growth.growth_of(tmp_path)
    assert found.cycles == pytest.approx([0.0, 25.0, 50.0, 75.0])
    assert found.cracked == pytest.approx([0.0, 2.0, 3.0, 9.0])
    assert found.factor == 50


def test_particles_are_cycled_with_and_without_jumps():
    words = ["--cycles", "9", "--wear", "2", "--seeds", "1,2"]
    jobs = cycle_jump.jobs_of(cycle_jump.parsed(words))
    cases = {job.key: Case.load(job.case, job.overrides) for job in jobs}
    assert len(cases) == 8
    shipped = Case.load(runs.CASES / "pristine_25C.yaml", ["physics.acceleration=2"])
    for (particle, seed, how), case in cases.items():
        assert case.particle.shape == {"disc": "disc", "ball": "sphere"}[particle]
        assert case.particle.seed == int(seed)
        assert case.numerics.cycle_jump.enabled == (how == "jumped")
        assert case.steps()[-1].cycle == 9
        assert case.resolved()["physics"] == shipped.resolved()["physics"]


def test_jumps_are_held_against_what_was_resolved():
    summary = {"discharge_capacity_mAh_per_g": [200.0, 150.0], "cycles": 80}
    resolved = {**summary, "boundary": {"cracked_fraction": 0.4}}
    jumped = {
        "discharge_capacity_mAh_per_g": [200.0, 151.0],
        "cycles": 80,
        "resolved_cycles": 16,
        "boundary": {"cracked_fraction": 0.39},
    }
    job = runs.Job(("disc", "1", "resolved"), runs.CASES, ())
    pair = runs.Done(job, 0, resolved, 9.0, 90.0, ""), runs.Done(job, 0, jumped, 8.0, 20.0, "")
    assert cycle_jump.compared(*pair) == (
        "disc 1: retention off by +0.500 points, cracked area by -2.50 %; "
        "5.0 times fewer cycles resolved, 4.5 times faster"
    )
