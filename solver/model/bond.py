"""What the two sides of the boundaries do to each other: bond, contact, slow sliding, friction.

The traction of a bond in mixed mode, of one that slips, and of friction has no potential. What
the line search of the equilibrium compares is the potential of the law *held* as it was where the
search began (mix of modes, shares of the work that slip, limit of the friction), whose derivative
there is the traction. Where mix, slip and friction chase each other and no search ends, the law
stays as it was held until the next solution. Friction acts on the share that was broken when the
step began.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.particle.interfaces import Boundaries
from solver.physics import cohesive, sliding
from solver.physics.cohesive import WHOLE, HeldShares, Strength
from solver.physics.sliding import Contact, Friction

Floats = npt.NDArray[np.floating]


class SlidingLaw(NamedTuple):
    """How bonds slip, and broken sides rub.

    relaxation_time: along the boundary, s; infinite if bonds do not slip. friction: coefficient.
    across: relaxation time of the normal direction, s; None if that never relaxes.
    """

    relaxation_time: Floats | float = np.inf
    friction: float = 0.0
    across: Floats | float | None = None


class Held(NamedTuple):
    """Law, damage and limit of friction (MPa) by which a line search goes."""

    law: Strength
    damage: Floats
    limit: Floats


@dataclass
class Bond:
    """The boundary points, their slip, and where friction sticks.

    slip, place: of the state, vectors at the points, um. dt: of the step, s, no matter without
    slow sliding. The rest is what a step begins from, and what a line search holds.
    """

    sliding: SlidingLaw
    boundaries: Boundaries
    slip: fem.Function
    place: fem.Function
    dt: float = 0.0
    _slip_old: Floats = field(init=False)
    _place_old: Floats = field(init=False)
    _broken: Floats = field(init=False)
    _held: Held | None = None
    _frozen: bool = False

    def __post_init__(self) -> None:
        """Begin intact."""
        self._broken = np.zeros(self.boundaries.n_points)
        self._slip_old, self._place_old = self.slipped.copy(), self.stuck.copy()

    @property
    def slips(self) -> bool:
        """Whether bonded boundaries slip, along or across themselves."""
        return self.creeps or not np.all(np.isinf(self.sliding.relaxation_time))

    @property
    def creeps(self) -> bool:
        """Whether they slip across themselves too."""
        return self.sliding.across is not None

    @property
    def rubs(self) -> bool:
        """Whether broken boundaries feel friction."""
        return self.sliding.friction > 0

    @property
    def slipped(self) -> Floats:
        """Slip of the state, (points, d)."""
        return self.slip.x.array.reshape(self.boundaries.normal.shape)

    @property
    def stuck(self) -> Floats:
        """Where friction sticks, (points, d)."""
        return self.place.x.array.reshape(self.boundaries.normal.shape)

    def begin(self, damage: Floats, law: Strength) -> None:
        """Start a step from the slip of the state."""
        self._held, self._frozen = None, False
        if self.slips or self.rubs:
            self._broken = cohesive.broken_share(damage, law)
            self._slip_old, self._place_old = self.slipped.copy(), self.stuck.copy()

    def slid(self) -> tuple[Floats, Floats]:
        """Copies of slip and place of the state."""
        return self.slip.x.array.copy(), self.place.x.array.copy()

    def slide_back(self, slid: tuple[Floats, Floats]) -> None:
        """Give the state back an earlier slip and place."""
        self.slip.x.array[:], self.place.x.array[:] = slid

    def settle(self, jump: Floats, law: Strength) -> None:
        """Let the state have slid to this opening."""
        normal = self.boundaries.normal
        if self.slips:
            moved, held = jump - self._slip_old, self._shares()
            lost = cohesive.column(1.0 - held.along) * sliding.tangential(moved, normal)
            if self.creeps:
                lost += cohesive.column(1.0 - held.across) * sliding.across(moved, normal)
            self.slip.x.array[:] = (self._slip_old + lost).ravel()
        if self.rubs:
            friction = self._rub(jump, law)
            self.place.x.array[:] = friction.place.ravel()

    def respond(
        self, jump: Floats, damage_old: Floats, law: Strength, share: float
    ) -> cohesive.Response:
        """Traction, its derivative, and the new damage, of bond and friction together."""
        answer = self._respond_bonded(self._bonded(jump), damage_old, law, share)
        if not self.rubs:
            return answer
        friction = self._rub(jump, law)
        return answer._replace(
            traction=answer.traction + friction.traction,
            secant=answer.secant + friction.secant,
            softening=answer.softening + friction.softening,
        )

    def _respond_bonded(
        self, bonded: Floats, damage_old: Floats, law: Strength, share: float
    ) -> cohesive.Response:
        """Response of the bond alone, by the held law if it is frozen."""
        normal, held = self.boundaries.normal, self._held
        if held is None or not self._frozen:
            return cohesive.respond(bonded, normal, damage_old, law, share, self._shares())
        answer = cohesive.respond(bonded, normal, held.damage, held.law, share)
        damage = cohesive.same_loss(answer.damage, held.law, law)
        grown = answer.damage > held.damage
        return answer._replace(damage=np.where(grown, np.maximum(damage, damage_old), damage_old))

    def _rub(self, jump: Floats, law: Strength) -> Friction:
        """Friction, by the held limit if it is frozen."""
        limit = self._held.limit if self._frozen and self._held is not None else None
        pressed, normal = self._pressed(jump), self.boundaries.normal
        return sliding.rub(pressed, normal, self._place_old, self.contact(law), limit)

    def thaw(self) -> None:
        """Let the law go with the opening again."""
        self._frozen = False

    def hold(self, jump: Floats, damage_old: Floats, law: Strength, for_good: bool = False) -> None:
        """Let the next potentials be those of the law as it is at this opening.

        for_good: the tractions too, until `thaw`.
        """
        if self._frozen:
            return
        self._frozen = for_good
        if law.criterion == "none" and not (self.slips or self.rubs):
            self._held = None
            return
        normal, bonded = self.boundaries.normal, self._bonded(jump)
        limit = self.contact(law).limit(self._pressed(jump), normal)
        held = cohesive.hold(bonded, normal, damage_old, law, self._shares())
        self._held = Held(*held, limit)

    def potential(self, jump: Floats, damage_old: Floats, law: Strength, share: float) -> Floats:
        """Potential of the law as it is held, per area, J/m^2."""
        normal, held = self.boundaries.normal, self._held
        if held is None:
            return cohesive.potential(jump, normal, damage_old, law, share)
        bond = cohesive.potential(self._bonded(jump), normal, held.damage, held.law, share)
        if not self.rubs:
            return bond
        contact = self.contact(law)
        return bond + sliding.rubbing_potential(jump, normal, self._place_old, contact, held.limit)

    def gaps(self, jump: Floats, damage: Floats, law: Strength) -> Floats:
        """Openings less traction over stiffness, um (points, d), of the state as it is.

        Zero in what is bonded, pressed or stuck together, but for what had slipped along: matter
        fills what has slipped across.
        """
        normal = self.boundaries.normal
        left = cohesive.remaining_stiffness(law.reach(damage), law)
        elastic = jump - self.slipped
        across = np.einsum("ij,ij->i", elastic if self.creeps else jump, normal)
        along, bonded = (sliding.tangential(v, normal) for v in (jump, elastic))
        stuck = self.rubbing(jump, law) / (law.penalty * np.asarray(law.shear_stiffness))[..., None]
        parted = ((1.0 - left) * np.maximum(across, 0.0))[:, None] * normal
        return parted + along - left[:, None] * bonded - stuck

    def rubbing(self, jump: Floats, law: Strength) -> Floats:
        """Part of the traction that is friction, MPa (points, d), of the state as it is."""
        if not self.rubs:
            return np.zeros_like(jump)
        along = sliding.tangential(jump - self.stuck, self.boundaries.normal)
        contact = self.contact(law)
        return np.asarray(contact.broken * contact.shear)[:, None] * along

    def rubbing_energy(self, jump: Floats, law: Strength) -> Floats:
        """Energy in what sticks by friction, per area, J/m^2, of the state as it is."""
        return sliding.stored(jump, self.boundaries.normal, self.stuck, self.contact(law))

    def contact(self, law: Strength) -> Contact:
        """What friction acts with in this step."""
        shear = law.penalty * law.shear_stiffness
        penalty = law.penalty * self._shares().across
        return Contact(self.sliding.friction, self._broken, penalty, shear)

    def _bonded(self, jump: Floats) -> Floats:
        """The opening without what had slipped before the step."""
        return jump - self._slip_old if self.slips else jump

    def _pressed(self, jump: Floats) -> Floats:
        """The opening without what had slipped across before the step."""
        return (
            jump - sliding.across(self._slip_old, self.boundaries.normal) if self.creeps else jump
        )

    def _shares(self) -> HeldShares:
        """Shares of the opening that the bond bears at the end of the step."""
        if not self.slips or self.dt == 0.0:
            return WHOLE
        law, bonded = self.sliding, self._broken < 1.0
        along = sliding.share_held(self.dt, law.relaxation_time, bonded)
        if law.across is None:
            return HeldShares(along)
        return HeldShares(along, sliding.share_held(self.dt, law.across, bonded))
