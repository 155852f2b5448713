"""Interphase films on a particle: the law at every place, and the films as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from solver.case import Case
from solver.materials import InterphaseMaterial
from solver.model.boundary_laws import Materials
from solver.model.electro.conditions import BoundaryLaws
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.model.wear import potentials_of_sides
from solver.physics import interphase
from solver.physics.interphase import Oxidation
from solver.units.constants import COULOMB, FARADAY, GAS_CONSTANT, METRE, SECOND
from solver.units.scatter import uniform

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]
PATCH = 0.2  # um, over which a film is even


@dataclass(frozen=True)
class FilmLaw:
    """Growth of the interphase at some points, in internal units.

    rate: k_p (um^2/s) of the parabolic law, k (um/s) of the self-limiting one. limit: s_0, um.
    unevenness: thickness of each point's patch over the mean. charge: given up by electrolyte on
    oxide per volume of film, pC/um^3, zero on a coating; of one that grows for many cycles at once
    the share of the cycle that is computed. oxidation: in series with what passes the film, None
    if it limits nothing. slowness: of the oxidation in the present time step, s/um.
    """

    parabolic: bool
    initial: Floats
    rate: Floats
    limit: Floats
    unevenness: Floats
    charge: Floats
    oxidation: Oxidation | None
    slowness: Floats

    def feel(self, potential: Floats) -> None:
        """Let the oxidation go as fast as at this potential against the liquid, V."""
        if self.oxidation is not None:
            self.slowness[:] = self.oxidation.slowness(potential)

    def grown(self, thickness: Floats, dt: float) -> Floats:
        """Thickness after dt, um; every patch grows like the mean, at its own scale."""
        covered = (self.unevenness > 0) & (thickness > 0)
        scale = np.where(covered, self.unevenness, 1.0)
        nominal = thickness / scale
        if self.parabolic:
            nominal = interphase.parabolic(nominal, self.rate, self.slowness, dt)
        else:
            nominal = interphase.self_limiting(nominal, self.rate, self.limit, self.slowness, dt)
        return np.where(covered, scale * nominal, 0.0)


@dataclass(frozen=True)
class Films:
    """Laws on each node of the outside and on each side of the boundary points.

    on_oxide: which nodes are no coating's.
    """

    outside: FilmLaw
    plus: FilmLaw
    minus: FilmLaw
    on_oxide: Booleans

    def foresee(self, state: State, spaces: Spaces, dt: float) -> None:
        """Let films draw the current of their growth in the coming dt (s), at present potentials.

        On oxide the potential is the oxide's against the liquid that is there; on a coating the
        collector's, from which electrons come.
        """
        grain = state["grain_potential"][spaces.grain_dof_of_node]
        collector = np.broadcast_to(state["collector_potential"][:1], grain.shape)
        outside = np.where(self.on_oxide, grain, collector)
        potentials = (outside, *potentials_of_sides(state, spaces))
        for (law, film, oxidation), potential in zip(self._placed(state), potentials, strict=True):
            law.feel(potential)
            growth = (law.grown(film, dt) - film) / dt
            oxidation[:] = interphase.oxidation_current(growth, law.charge)

    def grow(self, state: State, dt: float) -> None:
        """Let dt (s) pass as foreseen."""
        for law, film, _ in self._placed(state):
            film[:] = law.grown(film, dt)

    def begin(self, state: State) -> None:
        """Newly wet sides bear the film that oxide gets at once."""
        wet, nodes = state["wetness"] > 0, np.ones(len(state.sides("film").outside), dtype=bool)
        for (law, film, _), place in zip(self._placed(state), (nodes, wet, wet), strict=True):
            fresh = place & (film == 0.0)
            film[fresh] = law.initial[fresh]

    def _placed(self, state: State) -> Iterator[tuple[FilmLaw, Floats, Floats]]:
        """Each law with the thickness and the oxidation current that it is for."""
        laws = self.outside, self.plus, self.minus
        return zip(laws, state.sides("film"), state.sides("oxidation"), strict=True)


class Film(NamedTuple):
    """The interphase as a whole: mean thickness (um), and share of the wet area whose film is
    thicker than half of that."""

    mean: float
    coverage: float


def measure_film(state: State, spaces: Spaces, roughness: float) -> Film:
    """Film on everything wet, by true area. Collective."""
    boundaries = spaces.boundaries
    n_owned = spaces.scalar.dofmap.index_map.size_local
    wet = boundaries.weight * state["wetness"]
    area = np.concatenate([roughness * spaces.outer_area[:n_owned], wet, wet])
    thickness = np.concatenate(
        [state.sides("film").outside[:n_owned], state.sides("film").plus, state.sides("film").minus]
    )
    comm = boundaries.comm
    total, volume = comm.allreduce(np.array([area.sum(), area @ thickness]))
    mean = float(volume / total) if total > 0 else 0.0
    covered = comm.allreduce(float(area[thickness >= 0.5 * mean].sum()))
    return Film(mean, float(covered / total) if total > 0 else 1.0)


def make_films(
    case: Case, materials: Materials, boundary: BoundaryLaws, spaces: Spaces, oxide: Booleans
) -> Films | None:
    """Laws of the films of a case, None without any. oxide: whether each node is a grain's."""
    if not case.physics.interphase.enabled:
        return None
    bare, coated = materials.interphases
    points, boundaries = spaces.boundaries.position, spaces.boundaries
    nodes = spaces.scalar.tabulate_dof_coordinates()
    return Films(
        _film_law(case, [(bare, oxide), (coated, ~oxide)], nodes, spaces.grain_of_node),
        _film_law(case, [(bare, boundary.plus_oxide)], points, boundaries.pair[:, 0]),
        _film_law(case, [(bare, boundary.minus_oxide)], points, boundaries.pair[:, 1]),
        oxide,
    )


def _film_law(
    case: Case,
    kinds: list[tuple[InterphaseMaterial, Booleans]],
    position: Floats,
    grain: npt.NDArray[np.int32],
) -> FilmLaw:
    """Film on points of several kinds, uneven from patch to patch."""
    given, n = case.physics.interphase, len(position)
    law = _bare_places(n, given.growth == "parabolic", given.oxidation.enabled)
    patch = np.floor(position / PATCH + 1e-6).astype(np.int64)
    keys = np.column_stack([patch, grain])
    covered = uniform(keys, case.particle.seed)
    spread = ndtri(uniform(keys, case.particle.seed + 1))
    for number, (material, place) in enumerate(kinds):
        rate = (
            material.parabolic_rate(case.temperature) * METRE**2
            if law.parabolic
            else material.limited_rate(case.temperature) * METRE
        )
        law.rate[place] = given.acceleration * rate / SECOND
        law.limit[place] = material.limiting_thickness * METRE
        sigma = np.sqrt(np.log1p(material.scatter**2))
        uneven = np.exp(sigma * spread - 0.5 * sigma**2) / material.coverage
        law.unevenness[place] = np.where(covered < material.coverage, uneven, 0.0)[place]
        law.initial[place] = material.initial_thickness * METRE * law.unevenness[place]
        electrons = material.lithium_per_volume * material.electrons_per_lithium * FARADAY
        on_oxide = number == 0
        drawn = electrons * COULOMB / METRE**3 / given.acceleration
        law.charge[place] = drawn if on_oxide else 0.0
        if law.oxidation is not None:
            _set_oxidation(law.oxidation, material, place, case)
    return law


def _bare_places(n: int, parabolic: bool, oxidation: bool) -> FilmLaw:
    """The law of places that bear no film, whose rates are any number."""
    zeros, ones = (lambda: np.zeros(n)), (lambda: np.ones(n))
    return FilmLaw(
        parabolic=parabolic,
        initial=zeros(),
        rate=ones(),
        limit=ones(),
        unevenness=zeros(),
        charge=zeros(),
        oxidation=Oxidation(ones(), ones(), ones()) if oxidation else None,
        slowness=zeros(),
    )


def _set_oxidation(
    law: Oxidation, material: InterphaseMaterial, place: Booleans, case: Case
) -> None:
    """Give places the oxidation of a material at the temperature and the factor of a case."""
    factor, temperature = case.physics.interphase.acceleration, case.temperature
    oxidation = material.oxidation
    law.rate[place] = factor * oxidation.rate(temperature) * METRE / SECOND
    law.reference[place] = oxidation.reference_potential
    law.scale[place] = GAS_CONSTANT * temperature / (oxidation.transfer_coefficient * FARADAY)
