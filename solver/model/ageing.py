"""What changes slowly at the surfaces, between time steps: wetness, and films that grow."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from scipy.special import ndtri

from solver.case import Case
from solver.case.physics import WettingCase
from solver.constants import COULOMB, CRACKED, FARADAY, METRE, SECOND
from solver.materials import InterphaseMaterial
from solver.model.boundary_laws import Materials
from solver.model.electro.conditions import BoundaryLaws
from solver.model.prewet import drawn_boundaries
from solver.particle.scatter import uniform
from solver.physics import interphase, wetting
from solver.state import Spaces, State

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]
PATCH = 0.2  # um, over which a film is even


@dataclass(frozen=True)
class FilmLaw:
    """Growth of the interphase at some points, in internal units.

    rate: k_p (um^2/s) of the parabolic law, k (um/s) of the self-limiting one. limit: s_0, um.
    unevenness: thickness of each point's patch over the mean. charge: given up by electrolyte on
    oxide per volume of film, pC/um^3, zero on a coating.
    """

    parabolic: bool
    initial: Floats
    rate: Floats
    limit: Floats
    unevenness: Floats
    charge: Floats

    def grown(self, thickness: Floats, dt: float) -> Floats:
        """Thickness after dt, um; every patch grows like the mean, at its own scale."""
        covered = (self.unevenness > 0) & (thickness > 0)
        scale = np.where(covered, self.unevenness, 1.0)
        nominal = thickness / scale
        if self.parabolic:
            nominal = interphase.parabolic(nominal, self.rate, dt)
        else:
            nominal = interphase.self_limiting(nominal, self.rate, self.limit, dt)
        return np.where(covered, scale * nominal, 0.0)


@dataclass(frozen=True)
class Ageing:
    """Laws of what is slow. films: on each node of the outside, on each side ('+', '-') inside.

    pervious: share of each boundary point that lets liquid in though bonded, drawn from the seed.
    """

    wetting: WettingCase
    boundary: BoundaryLaws
    films: tuple[FilmLaw, FilmLaw, FilmLaw] | None
    pervious: Floats

    def begin(self, state: State, spaces: Spaces) -> None:
        """Wet what liquid can always enter, as far as the outside reaches it. Collective."""
        entrances = self.boundary.open_mouths(spaces.network, state) > 0
        lets_in = np.maximum(self.pervious, self.boundary.liquid)
        reached = spaces.network.reached(lets_in > 0, entrances)
        state.wetness.x.array[:] = np.where(reached, lets_in, 0.0)
        self._start_films(state)

    def foresee(self, state: State, dt: float) -> None:
        """Let the films draw the current of their growth in the coming dt (s)."""
        if self.films is None:
            return
        for law, (film, oxidation) in zip(self.films, _films_of(state), strict=True):
            growth = (law.grown(film.x.array, dt) - film.x.array) / dt
            oxidation.x.array[:] = interphase.oxidation_current(growth, law.charge)

    def advance(
        self, state: State, spaces: Spaces, gap: Floats, separation: Floats, dt: float
    ) -> None:
        """Let dt (s) pass at this normal gap (um) and separation. Collective."""
        if self.wetting.enabled:
            self._wet(state, spaces, gap, separation, dt)
        if self.films is not None:
            for law, (film, _) in zip(self.films, _films_of(state), strict=True):
                film.x.array[:] = law.grown(film.x.array, dt)
            self._start_films(state)

    def _wet(
        self, state: State, spaces: Spaces, gap: Floats, separation: Floats, dt: float
    ) -> None:
        wetness, laws, network = state.wetness.x.array, self.boundary, spaces.network
        width = self.wetting.molecular_size * METRE
        opened = wetting.permeable(gap, separation, laws.filled, width, CRACKED)
        opened |= laws.liquid | (self.pervious >= 1.0)
        entrances = laws.open_mouths(network, state) > 0
        reached = network.reached(opened | (wetness > 0), entrances)
        wetness[:] = wetting.ramped(wetness, reached & opened, dt, self.wetting.ramp * SECOND)

    def _start_films(self, state: State) -> None:
        """Newly wet sides bear the film that oxide gets at once."""
        if self.films is None:
            return
        wet, nodes = state.wetness.x.array > 0, np.ones(len(state.film.x.array), dtype=bool)
        for law, (film, _), place in zip(
            self.films, _films_of(state), (nodes, wet, wet), strict=True
        ):
            fresh = place & (film.x.array == 0.0)
            film.x.array[fresh] = law.initial[fresh]


class Film(NamedTuple):
    """The interphase as a whole: mean thickness (um), and share of the wet area whose film is
    thicker than half of that."""

    mean: float
    coverage: float


def measure_film(state: State, spaces: Spaces, roughness: float) -> Film:
    """Film on everything wet, by true area. Collective."""
    boundaries = spaces.boundaries
    n_owned = spaces.scalar.dofmap.index_map.size_local
    wet = boundaries.weight * state.wetness.x.array
    area = np.concatenate([roughness * spaces.outer_area[:n_owned], wet, wet])
    thickness = np.concatenate(
        [state.film.x.array[:n_owned], state.film_plus.x.array, state.film_minus.x.array]
    )
    comm = boundaries.comm
    total, volume = comm.allreduce(np.array([area.sum(), area @ thickness]))
    mean = float(volume / total) if total > 0 else 0.0
    covered = comm.allreduce(float(area[thickness >= 0.5 * mean].sum()))
    return Film(mean, float(covered / total) if total > 0 else 1.0)


def _films_of(state: State) -> tuple[tuple[fem.Function, fem.Function], ...]:
    """Thickness and oxidation current outside and on either side of the boundaries."""
    return (
        (state.film, state.oxidation),
        (state.film_plus, state.oxidation_plus),
        (state.film_minus, state.oxidation_minus),
    )


def make_ageing(
    case: Case,
    materials: Materials,
    boundary: BoundaryLaws,
    spaces: Spaces,
    oxide: Booleans,
    pervious_area: float,
) -> Ageing:
    """Laws of what is slow on a particle. Collective.

    oxide: whether each node belongs to a grain. pervious_area: of boundaries that let liquid in
    though bonded, um^2, both sides. Raises OutOfReachError.
    """
    dry = boundary.plus_oxide & boundary.minus_oxide & ~boundary.filled
    films = None
    if case.physics.interphase.enabled:
        bare, coated = materials.interphases
        points, boundaries = spaces.boundaries.position, spaces.boundaries
        nodes = spaces.scalar.tabulate_dof_coordinates()
        films = (
            _film_law(case, [(bare, oxide), (coated, ~oxide)], nodes, spaces.grain_of_node),
            _film_law(case, [(bare, boundary.plus_oxide)], points, boundaries.pair[:, 0]),
            _film_law(case, [(bare, boundary.minus_oxide)], points, boundaries.pair[:, 1]),
        )
    pervious = drawn_boundaries(spaces.network, dry, pervious_area, case.particle.seed)
    return Ageing(case.physics.wetting, boundary, films, pervious)


def _film_law(
    case: Case,
    kinds: list[tuple[InterphaseMaterial, Booleans]],
    position: Floats,
    grain: npt.NDArray[np.int32],
) -> FilmLaw:
    """Film on points of several kinds, uneven from patch to patch."""
    given, n = case.physics.interphase, len(position)
    parabolic = given.growth == "parabolic"
    law = FilmLaw(parabolic, *(np.zeros(n) for _ in range(5)))
    law.limit[:] = 1.0  # of places without any film
    patch = np.floor(position / PATCH + 1e-6).astype(np.int64)
    keys = np.column_stack([patch, grain])
    covered = uniform(keys, case.particle.seed)
    spread = ndtri(uniform(keys, case.particle.seed + 1))
    for number, (material, place) in enumerate(kinds):
        rate = (
            material.parabolic_rate(case.temperature) * METRE**2
            if parabolic
            else material.limited_rate(case.temperature) * METRE
        )
        law.rate[place] = given.acceleration * rate
        law.limit[place] = material.limiting_thickness * METRE
        sigma = np.sqrt(np.log1p(material.scatter**2))
        uneven = np.exp(sigma * spread - 0.5 * sigma**2) / material.coverage
        law.unevenness[place] = np.where(covered < material.coverage, uneven, 0.0)[place]
        law.initial[place] = material.initial_thickness * METRE * law.unevenness[place]
        electrons = material.lithium_per_volume * material.electrons_per_lithium * FARADAY
        on_oxide = number == 0
        law.charge[place] = electrons * COULOMB / METRE**3 if on_oxide else 0.0
    return law
