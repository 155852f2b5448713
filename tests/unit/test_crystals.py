"""Crystals whose stiffness is not the same in every direction about c: constants, terms, files."""

from pathlib import Path

import numpy as np
import pytest
import ufl

from solver.materials import MaterialFileError, load_filler_material, load_grain_material
from solver.materials.aggregate import kelvin, reuss, voigt
from solver.materials.catalogue import cautions, values
from solver.materials.stiffness import SYSTEMS, MaterialStiffness
from solver.model.oxides import Oxides, internal_stiffness
from solver.physics import mechanics
from tests.bodies import rotation_about, stiffness_tensor
from tests.particles import oxide
from tests.unit.test_mechanics_terms import numbers, symmetric, unit

RNG = np.random.default_rng(11)
CONSTANTS = {
    "hexagonal": {"C11": 200.0, "C12": 60.0, "C13": 50.0, "C33": 160.0, "C44": 48.0},
    "trigonal": {
        "C11": 200.0, "C12": 60.0, "C13": 50.0, "C33": 160.0, "C44": 48.0, "C14": -22.0, "C15": 9.0
    },
    "tetragonal": {
        "C11": 200.0, "C12": 60.0, "C13": 50.0, "C33": 160.0, "C44": 48.0, "C66": 95.0
    },
    "cubic": {"C11": 200.0, "C12": 60.0, "C44": 115.0},
}  # fmt: skip


def crystal(system: str) -> MaterialStiffness:
    return SYSTEMS[system].stiffness(**CONSTANTS[system])


def in_frame(system: str, turn: np.ndarray) -> np.ndarray:
    """C_ijkl of a crystal whose a and c axes are turned by a matrix."""
    elastic = internal_stiffness(crystal(system))
    return stiffness_tensor(elastic, turn[:, 2], turn[:, 0])


def some_turn() -> np.ndarray:
    return rotation_about(RNG.normal(size=3), RNG.uniform(0.3, 3.0))


@pytest.mark.parametrize("system", SYSTEMS)
def test_stress_is_that_of_the_turned_crystal(system):
    turn, e = some_turn(), symmetric()
    elastic = internal_stiffness(crystal(system))
    given, c, a = ufl.as_matrix(e), ufl.as_vector(turn[:, 2]), ufl.as_vector(turn[:, 0])
    even = mechanics.transversely_isotropic_stress(
        given, c, ufl.as_vector(elastic.invariant_form())
    )
    uneven = mechanics.stress_of_directions_about_c(
        given, a, c, ufl.as_vector(elastic.form_about_c())
    )
    expected = np.einsum("ijkl,kl->ij", in_frame(system, turn), e)
    assert numbers(even) + numbers(uneven) == pytest.approx(expected, rel=1e-10, abs=1e-9)
    assert (np.abs(numbers(uneven)).max() > 1e-6) == (system != "hexagonal")


@pytest.mark.parametrize(
    ("system", "angle", "same"),
    [
        ("hexagonal", 17, True),
        ("trigonal", 120, True),
        ("trigonal", 60, False),
        ("trigonal", 180, False),
        ("tetragonal", 90, True),
        ("tetragonal", 45, False),
        ("cubic", 90, True),
        ("cubic", 120, False),
    ],
)
def test_turns_about_c_leave_what_the_symmetry_of_the_crystal_says(system, angle, same):
    turn = some_turn()
    before = in_frame(system, turn)
    after = in_frame(system, turn @ rotation_about([0, 0, 1], np.radians(angle)))
    alike = np.abs(after - before).max() < 1e-9 * np.abs(before).max()
    assert alike == same


@pytest.mark.parametrize("angle", [60, 180])
def test_half_a_period_about_c_turns_the_sign_of_c14_and_c15(angle):
    turn = some_turn()
    turned = in_frame("trigonal", turn @ rotation_about([0, 0, 1], np.radians(angle)))
    elastic = internal_stiffness(crystal("trigonal"))
    other = elastic._replace(c14=-elastic.c14, c15=-elastic.c15)
    assert turned == pytest.approx(stiffness_tensor(other, turn[:, 2], turn[:, 0]), abs=1e-9)


def test_a_cube_turned_about_its_diagonal_is_the_same():
    turn = some_turn()
    other = turn @ rotation_about([1, 1, 1], 2 * np.pi / 3)
    assert in_frame("cubic", other) == pytest.approx(in_frame("cubic", turn), abs=1e-10)


def young(matrix: np.ndarray, direction) -> float:
    """Young's modulus along a direction of the frame of a Kelvin matrix."""
    x, y, z = unit(direction)
    n = np.array([x * x, y * y, z * z, *(np.sqrt(2) * np.array([y * z, x * z, x * y]))])
    return 1 / float(n @ np.linalg.solve(matrix, n))


def test_a_cubic_crystal_has_the_moduli_of_its_three_directions_in_closed_form():
    c11, c12, c44 = CONSTANTS["cubic"].values()
    s11 = (c11 + c12) / ((c11 - c12) * (c11 + 2 * c12))
    s12 = -c12 / ((c11 - c12) * (c11 + 2 * c12))
    skew = s11 - s12 - 1 / (2 * c44)
    matrix = kelvin(crystal("cubic"))
    for direction, share in {(1, 0, 0): 0, (1, 1, 0): 1 / 4, (1, 1, 1): 1 / 3}.items():
        found = young(matrix, direction)
        print(f"<{direction}>: {found:.2f} GPa")
        assert found == pytest.approx(1 / (s11 - 2 * skew * share), rel=1e-12)
    assert crystal("cubic").young_along_c() == pytest.approx(1 / s11, rel=1e-12)


def test_a_cubic_polycrystal_has_the_averages_of_voigt_and_reuss_in_closed_form():
    c11, c12, c44 = CONSTANTS["cubic"].values()
    upper, lower = voigt(kelvin(crystal("cubic"))), reuss(kelvin(crystal("cubic")))
    assert upper.bulk == pytest.approx((c11 + 2 * c12) / 3, rel=1e-12)
    assert lower.bulk == pytest.approx((c11 + 2 * c12) / 3, rel=1e-12)
    assert upper.shear == pytest.approx((c11 - c12 + 3 * c44) / 5, rel=1e-12)
    soft = 5 * (c11 - c12) * c44 / (4 * c44 + 3 * (c11 - c12))
    assert lower.shear == pytest.approx(soft, rel=1e-12)
    assert lower.shear < upper.shear - 1


def test_c14_makes_a_trigonal_polycrystal_softer_but_never_stiffer():
    """It is in no diagonal entry, so that the average over strained crystals does not know it."""
    trigonal, hexagonal = kelvin(crystal("trigonal")), kelvin(crystal("hexagonal"))
    assert voigt(trigonal) == pytest.approx(voigt(hexagonal), rel=1e-12)
    assert reuss(trigonal).shear < reuss(hexagonal).shear - 1
    assert reuss(trigonal).bulk == pytest.approx(reuss(hexagonal).bulk, rel=1e-12)


@pytest.mark.parametrize("system", SYSTEMS)
def test_numbers_of_strains_that_are_even_about_c_are_those_of_the_whole_tensor(system):
    elastic = internal_stiffness(crystal(system))
    matrix = kelvin(crystal(system)) * 1e-6  # Pa in MPa
    assert crystal(system).young_along_c() * 1e-6 == pytest.approx(young(matrix, (0, 0, 1)))
    assert elastic.young_along_c() == pytest.approx(young(matrix, (0, 0, 1)))
    pressed = np.linalg.solve(matrix, [1, 1, 1, 0, 0, 0])
    assert elastic.reuss_bulk() == pytest.approx(1 / pressed[:3].sum())
    swollen = np.array([0.02, 0.02, -0.05, 0, 0, 0])
    expected = swollen @ matrix @ swollen
    assert elastic.quadratic(np.array(0.02), np.array(-0.05)) == pytest.approx(expected)


def test_isotropy_and_directions_about_c_are_told():
    even = SYSTEMS["cubic"].stiffness(C11=200.0, C12=60.0, C44=70.0)
    assert even.is_isotropic() and internal_stiffness(even).is_isotropic()
    for system in SYSTEMS:
        both = crystal(system), internal_stiffness(crystal(system))
        assert not any(each.is_isotropic() for each in both)
        assert [e.knows_directions_about_c() for e in both] == 2 * [system != "hexagonal"]
    alone = internal_stiffness(even)._replace(c14=1.0)
    assert not alone.is_isotropic()


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_conditions_hold_just_where_the_matrix_is_positive_definite(system):
    kind, seen = SYSTEMS[system], set()
    for _ in range(400):
        drawn = {name: RNG.uniform(-0.6, 1.0) for name in kind.needed + kind.optional}
        found = kind.stiffness(**drawn)
        positive = bool(np.linalg.eigvalsh(found.voigt()).min() > 0)
        assert (kind.violated(found) == []) == positive, drawn
        seen.add(positive)
    assert seen == {True, False}


def test_grains_of_unlike_crystals_have_each_their_own_constants():
    made = Oxides((oxide(), oxide(stiffness=crystal("trigonal"))), np.array([0, 1, 0]))
    found = made.stiffness()
    assert found is not None and found.knows_directions_about_c()
    assert found.c14 == pytest.approx([0, -22e-6, 0])
    assert found.c15 == pytest.approx([0, 9e-6, 0])


# --- files -----------------------------------------------------------------------------------


def written(tmp_path, entry: str):
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"based_on: LCO\nstiffness: {{unit: GPa, {entry}, assumed: true, note: made up}}\n"
    )
    return str(path)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_gives_the_crystal_of_its_system(tmp_path, system):
    given = ", ".join(f"{name}: {value}" for name, value in CONSTANTS[system].items())
    found = load_grain_material(written(tmp_path, f"system: {system}, {given}")).stiffness
    expected = kelvin(crystal(system)) * 1e9
    assert kelvin(found) == pytest.approx(expected, rel=1e-12, abs=1e-3)


def test_the_system_is_told_with_the_constants(tmp_path):
    given = ", ".join(f"{name}: {value}" for name, value in CONSTANTS["cubic"].items())
    rows = values("grain", written(tmp_path, f"system: cubic, {given}"))["rows"]
    told = [row["value"] for row in rows if row["quantity"] == "stiffness"]
    assert told == ["cubic, C11 200, C12 60, C44 115 GPa"]


def test_a_crystal_without_a_system_is_hexagonal_and_a_trigonal_one_without_c14_is_the_same(
    tmp_path,
):
    given = ", ".join(f"{name}: {value}" for name, value in CONSTANTS["hexagonal"].items())
    plain = load_grain_material(written(tmp_path, given)).stiffness
    assert load_grain_material(written(tmp_path, f"system: hexagonal, {given}")).stiffness == plain
    trigonal = written(tmp_path, f"system: trigonal, C14: 0, {given}")
    assert load_grain_material(trigonal).stiffness == plain
    assert not plain.knows_directions_about_c()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "system: trigonl, C11: 200",
            "system: unknown crystal system 'trigonl' (did you mean 'trig",
        ),
        ("system: [cubic]", "unknown crystal system ['cubic'] (known here: hexagonal, trigonal"),
        ("system: cubic, C11: 200, C12: 60", "C44: is missing; a cubic crystal has C11, C12, C44"),
        (
            "system: cubic, C11: 200, C12: 60, C44: 90, C13: 50",
            "C13: a cubic crystal has C11, C12, C44 alone; give it with system: hexagonal or trig",
        ),
        ("C11: 200, C12: 60, C13: 50, C33: 160, C44: 48, C14: 9", "with system: trigonal"),
        ("C11: 200, C12: 60, C13: 50, C33: 160, C44: 48, C41: 9", "C41: unknown key (did you mean"),
        (
            "system: trigonal, C11: 200, C12: 60, C13: 50, C33: 160, C44: 10, C14: 30, C15: 25",
            "stiffness: is not positive definite, which a trigonal crystal is with "
            "C44 (C11 - C12) / 2 > C14^2 + C15^2",
        ),
        ("system: cubic, C11: 100, C12: -60, C44: 90", "cubic crystal is with C11 + 2 C12 > 0"),
        (
            "C11: 50, C12: 60, C13: 400, C33: 160, C44: 48",
            "crystal is with C11 > |C12| and C33 (C11 + C12) > 2 C13^2",
        ),
    ],
)
def test_wrong_constants_are_told_with_what_the_crystal_needs(tmp_path, entry, message):
    with pytest.raises(MaterialFileError) as caught:
        load_grain_material(written(tmp_path, entry))
    assert [str(problem) for problem in caught.value.problems if message in str(problem)]
    assert len(caught.value.problems) == 1


def test_a_cubic_crystal_that_swells_along_c_alone_is_cautioned_about(tmp_path):
    given = ", ".join(f"{name}: {value}" for name, value in CONSTANTS["cubic"].items())
    path = written(tmp_path, f"system: cubic, {given}")
    told = [str(problem) for problem in cautions("grain", path) if "cubic" in str(problem)]
    assert len(told) == 2
    assert "mine.yaml:2: stiffness: is that of a cubic crystal, but strain_a" in told[0]
    assert told[1].endswith("but diffusivity_ratio is not 1")
    even = "strain_c: {unit: dimensionless, occupancy: [0, 0.3, 0.6, 1], value: [0, 0, 0, 0], "
    even += "source: mine}\n"
    with Path(path).open("a") as file:
        file.write(even + even.replace("strain_c", "strain_a"))
        file.write("diffusivity_ratio: {value: 1, unit: dimensionless, source: mine}\ncited: {}\n")
    assert not [problem for problem in cautions("grain", path) if "cubic" in str(problem)]


def test_a_filler_with_directions_about_c_is_refused(tmp_path):
    path = tmp_path / "film.yaml"
    entry = "system: cubic, C11: 200, C12: 60, C44: 90, unit: GPa, assumed: true, note: mine"
    path.write_text(f"based_on: filler_lpo\nstiffness: {{{entry}}}\n")
    with pytest.raises(MaterialFileError, match="a filler has no a axis"):
        load_filler_material(str(path))
