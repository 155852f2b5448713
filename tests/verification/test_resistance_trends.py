"""What makes the charge-transfer arc of a particle grow or shrink."""

import numpy as np
import pytest

from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from solver.physics.spectra import arcs
from solver.solve.impedance import spectrum
from tests.particles import case_of, disc, meshed

FREQUENCIES = np.logspace(6, -1, 43)
REST = "[{rest: {until: {time: 1 s}}}]"
WET = ["physics.wetting.enabled=true", "initial.occupancy=0.6", *disc(30, 2.0, 0.4, 0.2)]


@pytest.fixture(scope="module")
def particle():
    return meshed(case_of(REST, *WET))


def arc(particle, area=0.0, film=None, change=None):
    """Width of all arcs, ohm m^2. area: wet from the start, m^2/g. film: thickness, nm."""
    overrides = [f"physics.initial_wetting.area={area} m^2/g"]
    if film is not None:
        overrides.append("physics.interphase.enabled=true")
    case = case_of(REST, *WET, *overrides)
    model = build_model(case, particle, materials_of(case, particle))
    if film is not None:
        model.state["film"][:] = film * 1e-3
    if change is not None:
        change(model)
    model.update_conditions()
    return sum(found.width for found in arcs(FREQUENCIES, spectrum(model, FREQUENCIES)))


def test_the_arcs_grow_with_the_film(particle):
    widths = [arc(particle, film=thickness) for thickness in (0.0, 20.0, 100.0)]
    print(f"arcs with films of 0, 20, 100 nm: {np.round(np.array(widths) * 1e4, 2)} ohm cm^2")
    film = 2e5 * 80e-9  # ohm m^2 more of the last than of the second
    assert widths[0] < widths[1]
    assert widths[2] - widths[1] == pytest.approx(film, rel=0.1)


def test_the_arc_shrinks_with_added_area(particle):
    widths = [arc(particle, area=area) for area in (0.0, 0.2, 0.4)]
    print(f"arc with 0, 0.2, 0.4 m^2/g more: {np.round(np.array(widths) * 1e4, 2)} ohm cm^2")
    assert widths[0] > widths[1] > widths[2]
    outer = 2 / (2.0e-6 * 4700) / 1e3  # m^2/g of a disc of 2 um
    assert widths[1] == pytest.approx(widths[0] * outer / (outer + 0.2), rel=0.15)


def test_the_arc_grows_again_when_separated_grains_lose_their_electrons(particle):
    """Cracks that are wet add area, but behind them electrons are missing."""

    def separate(share):
        def crack(model):
            model.state["damage"][:] = share
            model.state["wetness"][:] = 1.0

        return crack

    bonded, thin = (arc(particle, change=separate(share)) for share in (0.0, 0.9))
    broken = arc(particle, change=separate(1.0))
    print(f"arc of wet boundaries: bonded {bonded:.2e}, nearly {thin:.2e}, separated {broken:.2e}")
    assert bonded < arc(particle)
    assert broken > 1.5 * bonded
