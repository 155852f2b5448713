"""What is told before meshing is near what meshing gives."""

import json
from pathlib import Path

import pytest

from meshes import build, estimate
from solver.case import Case

QUICKSTART = Path(__file__).parents[2] / "cases/quickstart.yaml"


@pytest.mark.parametrize(
    "overrides",
    [
        [],
        ["particle.grains.count=1"],
        ["particle.grains.count=100"],
        ["particle.mesh.boundary_size=0.3 um"],
        ["particle.mesh={size: 0.15 um, boundary_size: 0.07 um}"],
        ["particle.boundary={state: lpo, thickness: 20 nm}"],
        ["particle.boundary={state: lpo, thickness: 20 nm, rule: fraction, fraction: 0.5}"],
        ["particle.boundary={state: lpo, thickness: 20 nm, rule: depth, depth: 1 um}"],
        ["particle.coating={thickness: 20 nm}"],
    ],
)
def test_a_disc_has_the_size_expected(overrides: list[str], tmp_path: Path) -> None:
    particle = Case.load(QUICKSTART, overrides).particle
    quality = json.loads(build(particle, tmp_path).table.read_text())["quality"]
    expected = estimate(particle)
    assert expected.cells == pytest.approx(quality["cells"], rel=0.15)
    assert expected.points == pytest.approx(quality["nodes"], rel=0.15)
    assert expected.boundary_facets == pytest.approx(quality["boundary_facets"], rel=0.15)
    assert expected.boundary_area == pytest.approx(quality["boundary_area"], rel=0.05)


@pytest.mark.parametrize(("shape", "share"), [("disc", 1 - 0.5**2), ("sphere", 1 - 0.5**3)])
def test_a_film_down_to_half_the_radius_fills_what_lies_there(shape: str, share: float) -> None:
    def facets(*overrides: str) -> int:
        place = (f"particle.shape={shape}", "particle.radius=3 um")
        return estimate(Case.load(QUICKSTART, [*place, *overrides]).particle).boundary_facets

    film = "particle.boundary={state: lpo, thickness: 20 nm, rule: depth, depth: 1.5 um}"
    assert facets(film) == pytest.approx((1 + share) * facets(), rel=1e-3)


def test_more_grains_and_finer_meshes_have_more_cells() -> None:
    def cells(*overrides: str) -> int:
        return estimate(Case.load(QUICKSTART, overrides).particle).cells

    assert cells("particle.grains.count=200") > cells()
    assert cells("particle.mesh.size=0.2 um") > cells()
    assert cells("particle.radius=6 um") > 2 * cells()
