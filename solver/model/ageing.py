"""What changes slowly at the surfaces, between time steps: wetness, and films that grow."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.case import Case
from solver.case.physics import WettingCase
from solver.model.boundary_laws import Materials
from solver.model.electro.conditions import BoundaryLaws
from solver.model.films import Films, make_films
from solver.model.prewet import drawn_boundaries
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.physics import wetting
from solver.units.constants import CRACKED, METRE, SECOND

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ageing:
    """Laws of what is slow.

    pervious: share of each boundary point that lets liquid in though bonded, drawn from the seed.
    """

    wetting: WettingCase
    boundary: BoundaryLaws
    films: Films | None
    pervious: Floats

    def begin(self, state: State, spaces: Spaces) -> None:
        """Wet what liquid can always enter, as far as the outside reaches it. Collective."""
        entrances = self.boundary.open_mouths(spaces.network, state) > 0
        lets_in = np.maximum(self.pervious, self.boundary.liquid)
        reached = spaces.network.reached(lets_in > 0, entrances)
        state["wetness"][:] = np.where(reached, lets_in, 0.0)
        if self.films is not None:
            self.films.begin(state)

    def foresee(self, state: State, spaces: Spaces, dt: float) -> None:
        """Let the films draw the current of their growth in the coming dt (s)."""
        if self.films is not None:
            self.films.foresee(state, spaces, dt)

    def advance(self, state: State, spaces: Spaces, gap: Floats, broken: Floats, dt: float) -> None:
        """Let dt (s) pass at this normal gap (um) and broken share. Collective."""
        if self.wetting.enabled:
            self._wet(state, spaces, gap, broken, dt)
        if self.films is not None:
            self.films.grow(state, dt)
            self.films.begin(state)

    def _wet(self, state: State, spaces: Spaces, gap: Floats, broken: Floats, dt: float) -> None:
        wetness, laws, network = state["wetness"], self.boundary, spaces.network
        width = self.wetting.molecular_size * METRE
        opened = wetting.permeable(gap, broken, laws.filled, width, CRACKED)
        opened |= laws.liquid | (self.pervious >= 1.0)
        entrances = laws.open_mouths(network, state) > 0
        reached = network.reached(opened | (wetness > 0), entrances)
        wetness[:] = wetting.ramped(wetness, reached & opened, dt, self.wetting.ramp * SECOND)


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
    films = make_films(case, materials, boundary, spaces, oxide)
    pervious = drawn_boundaries(spaces.network, dry, pervious_area, case.particle.seed)
    return Ageing(case.physics.wetting, boundary, films, pervious)
