"""How the two sides of a boundary slide on each other, in numpy at points.

Slowly, where they are bonded (Maxwell): the slip s follows the opening D along the boundary, and,
where that is asked for, across it with a time of its own:

    ds_t/dt = (D_t - s_t) / tau,     ds_n/dt = (D_n - s_n) / tau_n.

Only D - s bears traction, breaks the bond, and is pressed together. Across it is interface-
controlled diffusion creep (Ashby 1969; Arzt, Ashby and Verrall, Acta Metall. 31, 1983): the
rate at which atoms are plated where grains are pulled apart, and leave where they are pressed,
goes with the normal traction of the place: transport along the boundary is fast, and sources and
sinks are slow. The matter is exchanged with the free surface; none is counted. With implicit Euler
steps shares 1 / (1 + dt / tau) of D - s_old are left at the end of a step. What is broken slips no
more and keeps its s: its sides meet where D_n = s_n.

With friction (Coulomb), where they are broken and pressed together: the broken share d of the
area sticks to a place c like a spring of shear stiffness d K_t, up to |t| = mu d p with the contact
pressure p = K <s_n - D_n>; beyond, c follows (return mapping). Where nothing is pressed c follows
freely, so that faces which meet again rub from there on. Lengths um, tractions MPa.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.units.books import EnergyEntry
from solver.units.columns import Column
from solver.units.fields import StateField
from solver.units.groups import SPENT

FIELDS = {
    "slip": StateField("point", "um", "by which bonded sides slid and crept apart", vector=True),
    "stick": StateField("point", "um", "from which friction pulls the sides back", vector=True),
}
ENERGIES = {
    "sliding": EnergyEntry(
        Column(
            "Sliding Dissipation",
            "J",
            SPENT,
            "Spent where bonded sides slide slowly, or creep apart.",
            True,
        ),
        True,
    ),
    "friction": EnergyEntry(
        Column("Friction Dissipation", "J", SPENT, "Spent where broken sides rub.", True), True
    ),
}

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


class Contact(NamedTuple):
    """What friction acts with; arrays (points,) or numbers.

    coefficient: mu. broken: share of the area, 0 to 1. penalty, shear: K and K_t, MPa/um; of the
    former the share that a step leaves, where openings relax across the boundary.
    """

    coefficient: float
    broken: Floats
    penalty: Floats | float
    shear: Floats | float

    def limit(self, jump: Floats, normal: Floats) -> Floats:
        """Largest friction at an opening, MPa."""
        overlap = np.maximum(-np.einsum("ij,ij->i", jump, normal), 0.0)
        return self.coefficient * self.broken * self.penalty * overlap


class Friction(NamedTuple):
    """Traction (points, d), its derivative secant - softening (points, d, d), and the place c."""

    traction: Floats
    secant: Floats
    softening: Floats
    place: Floats


def share_held(dt: float, relaxation_time: Floats | float, bonded: Booleans) -> Floats:
    """Share of an opening that does not slip within dt, 1 where nothing is bonded."""
    return 1.0 / (1.0 + np.where(bonded, dt / relaxation_time, 0.0))


def across(jump: Floats, normal: Floats) -> Floats:
    """Normal part of opening vectors."""
    return np.einsum("ij,ij->i", jump, normal)[:, None] * normal


def tangential(jump: Floats, normal: Floats) -> Floats:
    """Opening vectors without their normal part."""
    return jump - np.einsum("ij,ij->i", jump, normal)[:, None] * normal


def rub(
    jump: Floats,
    normal: Floats,
    place_old: Floats,
    contact: Contact,
    limit: Floats | None = None,
) -> Friction:
    """Friction at each point, and where its sides stick afterwards; vectors (points, d).

    jump: of which the normal part is without what slipped. limit: MPa, of this opening's pressure
    unless it is given.
    """
    along = tangential(jump, normal)
    away = along - tangential(place_old, normal)
    distance = np.linalg.norm(away, axis=1)
    spring, limited = contact.broken * contact.shear, limit is not None
    limit = contact.limit(jump, normal) if limit is None else limit
    slides = spring * distance >= limit
    moved = np.where(distance > 0, distance, 1.0)
    left = np.where(slides, limit / moved, spring)  # traction over distance
    share = np.where(slides, limit / np.where(spring > 0, spring * moved, 1.0), 1.0)
    direction = away / moved[:, None]
    nn = normal[:, :, None] * normal[:, None, :]
    pressed = slides & (limit > 0)
    pressing = np.where(
        pressed & (not limited), contact.coefficient * contact.broken * contact.penalty, 0.0
    )
    by_jump = np.where(pressed, left, 0.0)[:, None] * direction + pressing[:, None] * normal
    return Friction(
        traction=left[:, None] * away,
        secant=left[:, None, None] * (np.eye(jump.shape[1]) - nn),
        softening=direction[:, :, None] * by_jump[:, None, :],
        place=along - share[:, None] * away,
    )


def rubbing_potential(
    jump: Floats, normal: Floats, place_old: Floats, contact: Contact, limit: Floats
) -> Floats:
    """Potential of the friction at a held limit (MPa), per area, J/m^2."""
    away = tangential(jump, normal) - tangential(place_old, normal)
    distance, spring = np.linalg.norm(away, axis=1), contact.broken * contact.shear
    reach = np.where(spring > 0, limit / np.where(spring > 0, spring, 1.0), 0.0)
    stuck = np.minimum(distance, reach)
    return 0.5 * spring * stuck**2 + limit * (distance - stuck)


def stored(jump: Floats, normal: Floats, place: Floats, contact: Contact) -> Floats:
    """Energy in the springs that stick, per area, J/m^2."""
    away = tangential(jump, normal) - tangential(place, normal)
    return 0.5 * contact.broken * contact.shear * np.einsum("ij,ij->i", away, away)
