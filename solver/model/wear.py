"""What wears boundaries out between time steps: cycles, and the liquid in them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.case import Case
from solver.case.physics import CorrosionCase, FatigueCase
from solver.materials import BoundaryMaterial
from solver.model import cycles
from solver.model.boundary_laws import point_states
from solver.model.mechanics import MechanicalSystem
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.particle.interfaces import Boundaries
from solver.particle.mesh import Particle
from solver.physics import cohesive, corrosion
from solver.physics.cohesive import Remaining
from solver.physics.corrosion import CorrosionLaw
from solver.physics.fatigue import FatigueLaw
from solver.units.constants import SECOND

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Wear:
    """Laws of the boundary points; None for what is switched off. remaining: after corrosion."""

    fatigue: FatigueLaw | None
    corrosion: CorrosionLaw | None
    remaining: Remaining | None

    @property
    def acts(self) -> bool:
        """Whether anything wears out at all."""
        return self.fatigue is not None or self.corrosion is not None

    def begin(self, system: MechanicalSystem, state: State) -> None:
        """Remember what the bonds bear in the equilibrium that the run begins with."""
        if self.fatigue is not None:
            state["pull"][:] = _borne(system, state)

    def tire(self, system: MechanicalSystem, state: State, old: State) -> None:
        """Damage by the loads and unloads since the accepted state `old`.

        The damage follows, unless the step's own opening has damaged more (Roe and Siegmund).
        """
        if self.fatigue is None:
            return
        law, normal, damage = system.law, system.spaces.boundaries.normal, state["damage"]
        jumps = [_bonded_opening(moment, system.spaces.boundaries) for moment in (old, state)]
        start, end = (cohesive.effective_opening(jump, normal, law) for jump in jumps)
        mixed, before = cohesive.in_mix(jumps[1], normal, old["damage"], law)
        bond, travel = cycles.Bond(start, old["pull"]), state["travel"]
        ends = cycles.loads(bond, end, before, mixed)
        parted = cycles.separated(ends, travel, before, mixed, self.fatigue)
        way = cycles.reach(before, mixed) * np.abs(ends[1] - ends[0])
        travel += self.fatigue.acceleration * way
        state["pull"][:] = _borne(system, state)
        reached = cohesive.same_loss(cohesive.damage_at(parted, mixed), mixed, law)
        worse = (parted > cohesive.broken_share(before, mixed)) & (reached > damage)
        separation = cohesive.broken_share(damage, law)
        damage[worse] = reached[worse]
        state["fatigue"][:] += cohesive.broken_share(damage, law) - separation

    def corrode(self, system: MechanicalSystem, state: State, dt: float) -> None:
        """Let the liquid that is in the boundaries act for dt (s).

        Where toughness falls faster than strength, damage grows with it: no bond gets stiffer.
        """
        if self.corrosion is None:
            return
        before, damage = system.law, state["damage"]
        state["corrosion"][:] = corrosion.corroded(
            state["corrosion"],
            state["wetness"],
            potential_against_liquid(state, system.spaces),
            self.corrosion,
            dt,
        )
        damage[:] = np.maximum(damage, cohesive.same_loss(damage, before, system.law))


def _borne(system: MechanicalSystem, state: State) -> Floats:
    """Effective traction of the bonds in an equilibrium, MPa."""
    law, boundaries = system.law, system.spaces.boundaries
    opening = cohesive.effective_opening(_bonded_opening(state, boundaries), boundaries.normal, law)
    left = cohesive.remaining_stiffness(law.reach(state["damage"]), law)
    return law.penalty * left * opening


def _bonded_opening(moment: State, boundaries: Boundaries) -> Floats:
    """Opening vectors without what the bonds have slipped, um."""
    shape = boundaries.normal.shape
    jump = boundaries.jump(moment["displacement"].reshape(-1, shape[1]))
    return jump - moment["slip"].reshape(shape)


def potential_against_liquid(state: State, spaces: Spaces) -> Floats:
    """Electronic potential of the grain that stands higher, less that of the liquid, V."""
    return np.maximum(*potentials_of_sides(state, spaces))


def potentials_of_sides(state: State, spaces: Spaces) -> tuple[Floats, Floats]:
    """Electronic potential of the grain on either side of each point, less the liquid's, V."""
    boundaries, grain = spaces.boundaries, state["grain_potential"]
    liquid = state["network_potential"][spaces.network.node]
    plus, minus = (grain[spaces.grain_dof_of_node[s]] for s in (boundaries.plus, boundaries.minus))
    return plus - liquid, minus - liquid


def make_wear(
    case: Case, particle: Particle, spaces: Spaces, known: Mapping[str, BoundaryMaterial]
) -> Wear:
    """Laws of what wears the boundaries of a particle out: as the case says, else the material.

    known: boundary materials by state.
    """
    states = point_states(case, particle, spaces)
    physics = case.physics
    fatigue_law = corrosion_law = remaining = None
    if physics.fatigue.enabled:
        given = _given(physics.fatigue)
        rows = {state: m.fatigue._replace(**given) for state, m in known.items()}
        length, threshold, endurance = _at_points(states, rows)
        fatigue_law = FatigueLaw(length, threshold, endurance, physics.fatigue.acceleration)
    if physics.corrosion.enabled:
        table = {state: _attack_on(m, case) for state, m in known.items()}
        rate, reference, scale, *shares = _at_points(states, table)
        rate = physics.corrosion.acceleration * rate / SECOND
        corrosion_law, remaining = CorrosionLaw(rate, reference, scale), Remaining(*shares)
    return Wear(fatigue_law, corrosion_law, remaining)


def _attack_on(material: BoundaryMaterial, case: Case) -> tuple[float, ...]:
    """Rate (1/s), its two potentials (V), shares of strength and toughness that are left."""
    if material.corrosion is None:
        return 0.0, 0.0, 1.0, 1.0, 1.0
    usual = material.corrosion._asdict()
    usual["rate"] = material.corrosion.rate(case.temperature)
    return tuple((usual | _given(case.physics.corrosion)).values())


def _given(section: FatigueCase | CorrosionCase) -> dict[str, float]:
    """What a case says instead of the material."""
    return section.model_dump(exclude={"enabled", "acceleration"}, exclude_none=True)


def _at_points(states: npt.NDArray[np.str_], rows: Mapping[str, tuple[float, ...]]) -> list[Floats]:
    """Each quantity of the rows, at every point by its state."""
    here = [states == state for state in rows]
    return [np.select(here, column) for column in zip(*rows.values(), strict=True)]
