"""Cracks inside grains as a phase field d, 0 in the intact solid and 1 in a crack.

The energy of a body is the integral of g(d) psi+ + psi- + G gamma(d, grad d): what the field
takes away of the elastic energy, what it leaves, and the surface of cracks, spread over a
length l (Francfort and Marigo, J. Mech. Phys. Solids 46, 1998; Bourdin et al., 48, 2000).
Stress in MPa, lengths in um, toughness G in MPa um.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import ufl
from ufl.core.expr import Expr

from solver.units.books import EnergyEntry
from solver.units.columns import Column
from solver.units.fields import StateField
from solver.units.groups import SPENT

FIELDS = {
    "crack": StateField("node", "1", "phase field of the cracks in grains", lower=0.0, upper=1.0),
    "crack_drive": StateField("corner", "MPa", "energy density that drives them", lower=0.0),
}
ENERGIES = {
    "grain_fracture": EnergyEntry(
        Column("Grain Fracture Energy", "J", SPENT, "Spent on cracks inside grains.", True), True
    ),
}

Dissipation = Literal["AT1", "AT2"]
Split = Literal["none", "volumetric_deviatoric", "spectral"]
RESIDUAL_STIFFNESS = 1e-6  # share that a broken solid keeps, so that its displacement is unique
SMALLEST_SPREAD = 1e-12  # of two principal strains: their directions are arbitrary below


class Resistance(NamedTuple):
    """Resistance of a crystal to cracks. toughness: of basal planes, MPa um. length: um.

    cleavage: toughness across the basal planes is sqrt(1 + cleavage) times as large.
    """

    dissipation: Dissipation
    toughness: float
    length: float
    cleavage: float = 0.0


@dataclass(frozen=True)
class Degradation:
    """What a crack field leaves of stress and energy.

    kept: elastic energy density that no crack takes away, of an elastic strain; None if all of
    it can go, which keeps the stress linear in the strain.
    """

    crack: Expr
    kept: Callable[[Expr], Expr] | None = None

    def energy(self, intact: Expr, e: Expr) -> Expr:
        """g psi+ + psi-, with psi+ + psi- = intact."""
        g = degradation(self.crack)
        return g * intact + (1 - g) * self.kept(e) if self.kept else g * intact

    def stress(self, intact: Expr, e: Expr) -> Expr:
        """Its derivative by the strain e; intact: the stress without a crack."""
        g = degradation(self.crack)
        if self.kept is None:
            return g * intact
        strain = ufl.variable(e)
        return g * intact + (1 - g) * ufl.diff(self.kept(strain), strain)

    def driving(self, intact: Expr, e: Expr) -> Expr:
        """psi+, what drives cracks. intact: energy density without a crack."""
        return intact - self.kept(e) if self.kept else intact


def degradation(d: Expr) -> Expr:
    """g(d) = (1 - k) (1 - d)^2 + k, which is 1 in the intact solid."""
    return (1 - RESIDUAL_STIFFNESS) * (1 - d) ** 2 + RESIDUAL_STIFFNESS


def structural_tensor(cleavage: float, c_axis: Expr, dimension: int) -> Expr:
    """A = I + beta (I - c c), its in-plane block in 2D: only normals along c cost no more.

    (Clayton and Knap, Int. J. Fract. 189, 2014; Teichtmeister et al., Int. J. Non-Linear Mech.
    97, 2017)
    """
    c = ufl.as_vector([c_axis[i] for i in range(dimension)])
    return (1 + cleavage) * ufl.Identity(dimension) - cleavage * ufl.outer(c, c)


def crack_density(d: Expr, dissipation: Dissipation, length: float, tensor: Expr) -> Expr:
    """Surface of cracks per volume, gamma = (w(d)/l + l grad d.A.grad d) / c_w, in 1/um.

    AT1: w = d, c_w = 8/3, elastic up to a strength. AT2: w = d^2, c_w = 2. (Pham et al., Int. J.
    Damage Mech. 20, 2011; Tanne et al., J. Mech. Phys. Solids 110, 2018)
    """
    local, norm = (d, 8 / 3) if dissipation == "AT1" else (d**2, 2.0)
    spread = ufl.dot(ufl.grad(d), ufl.dot(tensor, ufl.grad(d)))
    return (local / length + length * spread) / norm


def volumetric_compression(bulk: float) -> Callable[[Expr], Expr]:
    """psi- = K/2 <tr e>-^2: what is compressed on the whole resists (Amor et al., 57, 2009).

    bulk: Reuss modulus K, the largest that leaves psi+ >= 0 in an anisotropic crystal; it makes
    psi+ vanish under pure pressure.
    """
    return lambda e: 0.5 * bulk * negative(ufl.tr(e)) ** 2


def principal_compression(lame: float, shear: float) -> Callable[[Expr], Expr]:
    """psi- = lambda/2 <tr e>-^2 + mu sum <e_i>-^2 over the principal strains e_i.

    Isotropic, and in 2D: e has no shear out of the plane. (Miehe et al., Int. J. Numer. Meth.
    Eng. 83, 2010)
    """

    def energy(e: Expr) -> Expr:
        parts = sum(negative(value) ** 2 for value in plane_principals(e))
        return 0.5 * lame * negative(ufl.tr(e)) ** 2 + shear * parts

    return energy


def plane_principals(e: Expr) -> tuple[Expr, Expr, Expr]:
    """Principal values of a symmetric 3 x 3 tensor without xz and yz parts."""
    mean, half = (e[0, 0] + e[1, 1]) / 2, (e[0, 0] - e[1, 1]) / 2
    spread = ufl.sqrt(half**2 + e[0, 1] * e[1, 0] + SMALLEST_SPREAD**2)
    return mean + spread, mean - spread, e[2, 2]


def negative(value: Expr) -> Expr:
    """<value>-: the value where it is negative, else zero."""
    return ufl.conditional(ufl.lt(value, 0), value, 0)
