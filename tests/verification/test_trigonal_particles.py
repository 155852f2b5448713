"""Particles of oxides whose stiffness is not the same in every direction about c."""

import json
from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from meshes import build
from solver.case import Case
from solver.materials import load_grain_material
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from solver.particle.mesh import MeshFileError, read_particle
from tests.particles import case_of, disc, meshed, model_of, oxide, ran, strip
from tests.verification.test_stress_in_potential import stress_parts_of_grains

ELASTIC = oxide().stiffness
TRIGONAL = oxide(stiffness=replace(ELASTIC, C14=0.3 * ELASTIC.C44, C15=-0.2 * ELASTIC.C44))
AXES = np.array([[1.0, 0.0, 0.0], [0.0, 0.6, 0.8]])
ACROSS = np.array([[0.0, 0.6, 0.8], [0.8, 0.48, -0.36]])
AS_TRIGONAL = """based_on: NMC76
stiffness: {{system: trigonal, unit: Pa, C11: {0!r}, C12: {1!r}, C13: {2!r}, C33: {3!r}, C44: {4!r},
            C14: {5!r}, assumed: true, note: for a test}}
"""


def test_the_stress_of_the_cells_is_the_derivative_of_the_energy_also_beside_a_hexagonal_oxide():
    """One grain of each, so that the constants differ from grain to grain."""
    case = case_of(
        "[{rest: {until: {time: 1 s}}}]",
        "materials.regions=[{material: NMC532, grains: [grain_1]}]",
        "physics.cohesive.enabled=false",
        "initial.occupancy=0.6",
    )
    particle = replace(strip(1.0, 0.5, 8, 4, AXES), a_axis=ACROSS)
    known = materials_of(case, particle)
    model = build_model(case, particle, known._replace(grain=TRIGONAL))
    for part, found in stress_parts_of_grains(model):
        assert abs(part) > 1e-3
        assert found == pytest.approx(part, rel=1e-4)


def short_case(material: str = "NMC76") -> Case:
    return case_of(
        "[{charge: {rate: 1C, until: {time: 600}}}]",
        *disc(5, 0.8, 0.3, 0.25),
        "physics.cohesive.strength=0.5 GPa",
        "physics.cohesive.toughness=1 J/m^2",
        "numerics.time_step.fixed=60",
        f"materials.grain={material}",
    )


@pytest.fixture(scope="module")
def charged(tmp_path_factory):
    """Histories of a charge: as it is shipped, and entered as trigonal with two values of C14."""
    folder, particle, found = tmp_path_factory.mktemp("materials"), meshed(short_case()), {}
    constants = [getattr(ELASTIC, name) for name in ("C11", "C12", "C13", "C33", "C44")]
    for name, c14 in {"none": 0.0, "much": 0.35 * ELASTIC.C44}.items():
        path = folder / f"{name}.yaml"
        path.write_text(AS_TRIGONAL.format(*constants, c14))
        found[name] = ran(build_model(short_case(str(path)), particle))
    found["hexagonal"] = ran(build_model(short_case(), particle))
    assert all(outcome.status == "finished" for _, _, outcome in found.values())
    return {name: recorder for name, (_, recorder, _) in found.items()}


def test_a_hexagonal_oxide_entered_as_trigonal_without_c14_runs_alike(charged):
    for name in ("Voltage / V", "Elastic Energy / J.m-1", "Mean Damage / 1"):
        values = charged["hexagonal"].column(name)
        assert np.abs(values).max() > 0
        assert np.array_equal(charged["none"].column(name), values), name


def test_c14_changes_the_energy_of_a_run_and_its_books_stay_closed(charged):
    one, other = charged["hexagonal"], charged["much"]
    before, after = (run.column("Elastic Energy / J.m-1")[-1] for run in (one, other))
    print(f"elastic energy {before:.4g}, with C14 = 0.35 C44 {after:.4g} J/m")
    assert abs(after / before - 1) > 0.01
    assert other.column("Lithium Error / 1").max() < 1e-10
    missed = [run.column("Electrical Error / 1")[-1] for run in (one, other)]
    print(f"electrical work missed by {missed[0]:.1e}, with C14 by {missed[1]:.1e}")
    assert 0 < abs(missed[1]) < 0.01


def test_a_mesh_without_a_axes_serves_hexagonal_oxides_alone(tmp_path):
    case = short_case()
    mesh = build(case.particle, tmp_path).mesh
    table = json.loads(mesh.with_suffix(".json").read_text())
    for grain in table["grains"]:
        del grain["a_axis"]
    mesh.with_suffix(".json").write_text(json.dumps(table))
    old = read_particle(mesh, MPI.COMM_SELF)
    assert old.a_axis is None
    assert model_of(case, old).mechanics.elastic.c11 > 0
    with pytest.raises(MeshFileError, match="of an older version and tells no a axes"):
        model_of(case, old, TRIGONAL)


def test_the_grains_of_a_run_have_the_axes_of_the_table(tmp_path):
    case = short_case()
    mesh = build(case.particle, tmp_path).mesh
    table = json.loads(mesh.with_suffix(".json").read_text())
    particle = read_particle(mesh, MPI.COMM_SELF)
    assert particle.a_axis is not None
    assert particle.a_axis.tolist() == [grain["a_axis"] for grain in table["grains"]]
    assert np.abs(np.einsum("ij,ij->i", particle.a_axis, particle.c_axis)).max() < 1e-12
    assert load_grain_material("NMC76").stiffness == ELASTIC
