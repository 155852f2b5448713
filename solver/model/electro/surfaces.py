"""The surfaces through which lithium ions pass, and their currents at points.

Four of them: the outside, the two sides of the boundaries (ions go into what fills them), and
the direct contact between the two sides. Currents are unknowns that Newton's method eliminates
point by point; what is left of each is linear in the changes of the other unknowns.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.physics import kinetics

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int32]


class Passage(NamedTuple):
    """How ions pass at each point of a surface; areas are geometric ones.

    liquid: multiples of the oxide's own exchange current i0(x). constant: exchange current that
    does not depend on x, pA/um^2; infinite where transfer costs nothing. resistance: in series,
    V um^2/pA. parasitic: current that takes no lithium along, pA/um^2. Where liquid and constant
    are both zero nothing passes. capacity: of the double layer, pC/(V um^2). bridged: the part
    of the resistance that is a film's, whose dielectric bridges it within `relaxation`, s.
    """

    liquid: Floats
    constant: Floats
    resistance: Floats
    parasitic: Floats
    capacity: Floats
    bridged: Floats
    relaxation: Floats

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """Whether anything passes."""
        return (self.liquid > 0) | (self.constant > 0)


@dataclass(frozen=True)
class Share:
    """A current density (pA/um^2) as one kind of balance sees it, and its derivatives.

    by_potential: by the driving potential; by_occupancy: by x on the oxide's side, through the
    exchange current alone.
    """

    value: fem.Function
    by_potential: fem.Function
    by_occupancy: fem.Function

    @classmethod
    def on(cls, space: fem.FunctionSpace) -> "Share":
        """All zero."""
        return cls(*(fem.Function(space) for _ in range(3)))


@dataclass(frozen=True)
class Surface:
    """One surface: its present current, and what balances of lithium and of charge see of it.

    node: dof of the broken P1 space at each point. Lithium and charge differ by what is parasitic
    and, in an oscillation, by the double layer.
    """

    node: Integers
    current: Floats
    lithium: Share
    charge: Share

    @classmethod
    def at(cls, node: Integers, current: Floats, space: fem.FunctionSpace) -> "Surface":
        """Surface at the points of a space whose current lives in `current`."""
        return cls(node, current, Share.on(space), Share.on(space))

    def react(
        self,
        passage: Passage,
        driving: Floats,
        exchange: Floats,
        exchange_slope: Floats,
        thermal_voltage: float,
    ) -> float:
        """Linearize the current at every point about the present iterate.

        driving: difference of the lithium potentials, V. exchange: i0 of the oxide at each point
        and its slope by the occupancy, which count where there is liquid.
        Returns by how much (V) the law is not met yet, at the worst point of this rank.
        """
        on = passage.open
        before, driving = self.current[on], driving[on]
        liquid, resistance = passage.liquid[on], passage.resistance[on]
        wet = liquid > 0
        i0 = np.where(wet, liquid * exchange[on], 0.0) + passage.constant[on]
        reaction = kinetics.linearize(
            kinetics.moderate(before, driving, i0, resistance, thermal_voltage),
            driving,
            i0,
            np.where(wet, liquid * exchange_slope[on], 0.0),
            resistance,
            thermal_voltage,
        )
        for share in (self.lithium, self.charge):
            for field, values in zip(
                (share.value, share.by_potential, share.by_occupancy), reaction, strict=True
            ):
                field.x.array[:] = 0.0
                field.x.array[on] = values
        self.charge.value.x.array[on] += passage.parasitic[on]
        self.current[~on] = 0.0
        unmet = driving - before * resistance
        unmet -= kinetics.overpotential(before, i0, thermal_voltage)
        return float(np.max(np.abs(unmet), initial=0.0))

    def impose(
        self,
        density: float,
        passage: Passage,
        driving: Floats,
        exchange: Floats,
        exchange_slope: Floats,
        thermal_voltage: float,
        level: Share,
    ) -> None:
        """Let this current density (pA/um^2) pass wherever oxide meets liquid, whatever drives it.

        level: gets what the driving potential is above the one that the law asks for, V.
        """
        on = passage.liquid > 0
        i0 = passage.liquid[on] * exchange[on]
        law = kinetics.linearize(
            np.full(len(i0), density),
            driving[on],
            i0,
            passage.liquid[on] * exchange_slope[on],
            passage.resistance[on],
            thermal_voltage,
        )
        for share in (self.lithium, self.charge):
            share.value.x.array[:] = density * on
        level.value.x.array[on] = (law.current - density) / law.by_potential
        level.by_potential.x.array[on] = 1.0
        level.by_occupancy.x.array[on] = law.by_occupancy / law.by_potential
        self.current[~on] = 0.0

    def follow(self, factor: float, driving: Floats, x: Floats) -> None:
        """Give the current its share of a Newton step: a part `factor` of it was taken.

        driving, x: changes of driving potential and occupancy at the points.
        """
        current, linear = self.current, self.lithium
        current += (linear.value.x.array - current) * factor
        current += linear.by_potential.x.array * driving + linear.by_occupancy.x.array * x

    def drawn(self, passage: Passage) -> Floats:
        """Present current with its parasitic part, pA/um^2."""
        return self.current + np.where(passage.open, passage.parasitic, 0.0)


class Surfaces(NamedTuple):
    """All surfaces of a particle. Contact currents go from '+' to '-'."""

    outside: Surface
    plus: Surface
    minus: Surface
    contact: Surface


class Passages(NamedTuple):
    """How ions pass at each surface just now."""

    outside: Passage
    plus: Passage
    minus: Passage
    contact: Passage


def closed(n_points: int) -> Passage:
    """Passage through which nothing goes."""
    return Passage(*(np.zeros(n_points) for _ in Passage._fields))
