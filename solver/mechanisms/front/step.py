"""Steps of the field of rock salt and of oxygen, implicit, at a held displacement.

Both fields at the end of a step (Newton), with V the volume of a node, b and e what the stress does
and what elastic energy a full misfit takes, S its exposed area, l the distance of the layers::

    V (phi - phi_0) / (L h) + V W g'(phi) + kappa K phi + V A m (1 - w) p'
        + S (kappa / l) q (phi - 1) = (b - 2 e (p - p_s)) p'
    V (c - c_0) + h D K_r m + h S (D_n / l) (m - m_out) = 0,     c = 1 - (1 - w) p + m

K and K_r weigh gradients. Oxygen leaves the outermost layer by a hop towards the outside; q is the
share of that layer which has given way, whose gradient to what lies below draws phi in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.mechanisms.places import Coupling
from solver.physics import front
from solver.physics.front import FrontEnergy

Floats = npt.NDArray[np.floating]
MOST_ITERATIONS = 12
SOLVED = 1e-10  # change of both fields in the last iteration, which leaves its square
DIVERGED = 10.0


class Fixed(NamedTuple):
    """What steps do not change; arrays (nodes,).

    volume: um^d. exposed: S, leaving: S D_n / (l D), um^(d-1) and um^(d-2). layer: l, um.
    """

    volume: Floats
    exposed: Floats
    leaving: Floats
    layer: float


class BetweenEquilibria(NamedTuple):
    """What the steps between two equilibria have in common; arrays (nodes,).

    mobility: L, 1/(MPa s). diffusivity: D, um^2/s. start: p_s, the share of rock salt at the
    equilibrium. work: b, stiff: 2 e, pJ.
    """

    mobility: Floats
    diffusivity: float
    start: Floats
    work: Floats
    stiff: Floats


class FrontFields(NamedTuple):
    """Both fields: phi and m, (nodes,)."""

    phi: Floats
    lack: Floats


@dataclass(frozen=True)
class FrontSystem:
    """The equations of both fields, and their energy. largest: of values anywhere, collective."""

    energy: FrontEnergy
    coupling: Coupling
    fixed: Fixed
    largest: Callable[[Floats], float]

    def oxygen(self, pair: FrontFields) -> Floats:
        """Return c at the nodes."""
        return np.asarray(1.0 - self.energy.lacking(pair.phi) + pair.lack)

    def leaving(self, pair: FrontFields, moment: BetweenEquilibria) -> Floats:
        """Return what leaves each node per time, in units of the layered lattice's oxygen."""
        beyond = pair.lack - self.energy.outside
        return np.asarray(moment.diffusivity * self.fixed.leaving * beyond)

    def step(
        self, old: FrontFields, given: Floats, moment: BetweenEquilibria, h: float
    ) -> FrontFields | None:
        """Return both fields h (s) later, or None if Newton's method does not find them.

        given: q. Collective.
        """
        pair, oxygen = old, self.oxygen(old)
        for _ in range(MOST_ITERATIONS):
            rest = self._residual(pair, old, oxygen, given, moment, h)
            diagonals = self._diagonals(pair, given, moment, h)
            phi, lack = self.coupling.solve(diagonals, self._scales(moment, h), rest)
            pair = FrontFields(pair.phi - phi, pair.lack - lack)
            change = self.largest(np.maximum(abs(phi), abs(lack / self.energy.outside)))
            if change < SOLVED:
                return pair
            if not change < DIVERGED:
                return None
        return None

    def _residual(
        self,
        pair: FrontFields,
        old: FrontFields,
        oxygen: Floats,
        given: Floats,
        moment: BetweenEquilibria,
        h: float,
    ) -> tuple[Floats, Floats]:
        """What both equations lack, the second one times -A, which makes the system symmetric."""
        energy, fixed, coupling = self.energy, self.fixed, self.coupling
        moved = fixed.volume * (pair.phi - old.phi) / (moment.mobility * h)
        first = moved + self.slope(pair, given, moment)
        taken = fixed.volume * (self.oxygen(pair) - oxygen) + h * self.leaving(pair, moment)
        taken += h * moment.diffusivity * coupling.second(pair.lack)
        return first, -energy.stiffness * taken

    def slope(self, pair: FrontFields, given: Floats, moment: BetweenEquilibria) -> Floats:
        """Return dF/dphi at the nodes at held oxygen and displacement, pJ. Collective."""
        energy, fixed, (phi, lack) = self.energy, self.fixed, pair
        chemical = (1.0 - energy.kept) * energy.stiffness * fixed.volume * lack
        strained = moment.stiff * (front.share(phi) - moment.start) - moment.work
        slope = fixed.volume * energy.height * front.well_slope(phi)
        slope += (chemical + strained) * front.share_slope(phi)
        slope += self._pull(given) * (phi - 1.0)
        return np.asarray(slope + energy.gradient * self.coupling.first(phi))

    def _pull(self, given: Floats) -> Floats:
        """Weight of the gradient between nodes and the layer outside of them that has gone."""
        return np.asarray(self.energy.gradient / self.fixed.layer * self.fixed.exposed * given)

    def _diagonals(
        self, pair: FrontFields, given: Floats, moment: BetweenEquilibria, h: float
    ) -> tuple[Floats, Floats, Floats]:
        """Derivatives of the residual that belong to one node each."""
        energy, fixed, (phi, lack) = self.energy, self.fixed, pair
        slope = front.share_slope(phi)
        chemical = (1.0 - energy.kept) * energy.stiffness * fixed.volume
        bent = chemical * lack - moment.work + moment.stiff * (front.share(phi) - moment.start)
        first = fixed.volume / (moment.mobility * h) + self._pull(given)
        first += fixed.volume * energy.height * front.well_curvature(phi)
        first += bent * front.share_curvature(phi) + moment.stiff * slope**2
        open_ = h * moment.diffusivity * fixed.leaving
        return first, chemical * slope, -energy.stiffness * (fixed.volume + open_)

    def _scales(self, moment: BetweenEquilibria, h: float) -> tuple[float, float]:
        """Weights of the gradients of both fields in those derivatives."""
        return self.energy.gradient, -self.energy.stiffness * h * moment.diffusivity

    def local_energy(self, pair: FrontFields, given: Floats, moment: BetweenEquilibria) -> Floats:
        """Return what each node has of the energy, its oxygen at the outside's potential, pJ.

        The sum over the nodes of all ranks falls in every step. Collective.
        """
        energy, fixed, (phi, lack) = self.energy, self.fixed, pair
        kept = energy.height * front.well(phi) + 0.5 * energy.stiffness * lack**2
        gone = energy.stiffness * energy.outside * (self.oxygen(pair) - 1.0)
        gained = front.share(phi) - moment.start
        elastic = (0.5 * moment.stiff * gained - moment.work) * gained
        edge = 0.5 * self._pull(given) * (phi - 1.0) ** 2
        bent = 0.5 * energy.gradient * phi * self.coupling.first(phi)
        return np.asarray(fixed.volume * (kept - gone) + elastic + edge + bent)
