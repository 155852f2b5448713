"""Small-strain elasticity of swelling grains, in 3D or in generalised plane strain.

Strain and stress are always 3 x 3. In 2D a body is a bundle of columns: all three components of
the displacement depend on x and y, and one uniform axial strain is fixed by zero axial force.
Plain plane strain would hold the particle between rigid plates and store some fifty times the
energy; without the third component the tilted axes of the grains would lock the shears xz and
yz. Stress in MPa, lengths in um.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import ufl
from ufl.core.expr import Expr

from solver.units.books import EnergyEntry
from solver.units.columns import Column
from solver.units.fields import StateField
from solver.units.groups import STORED

FIELDS = {
    "displacement": StateField("node", "um", "of the material", vector=True),
    "axial_strain": StateField("one", "1", "uniform strain out of the plane"),
    "inert": StateField("node", "1", "share that no lithium swells", lower=0.0, upper=1.0),
    "brought_a": StateField("node", "1", "strain by what has grown there, within the layers"),
    "brought_c": StateField("node", "1", "strain by what has grown there, across the layers"),
    "misfit_a": StateField("node", "1", "of the lattice, by no lithium, within the layers"),
    "misfit_c": StateField("node", "1", "of the lattice, by no lithium, across the layers"),
}
ENERGIES = {
    "elastic": EnergyEntry(
        Column("Elastic Energy", "J", STORED, "Stored in the strained grains.", True)
    ),
}

Floats = npt.NDArray[np.floating]


class Stiffness(NamedTuple):
    """Stiffness of a crystal with its c axis along z and its a axis along x, MPa (or any one unit).

    The same in every direction about c if the last three vanish: c14 and c15 are those of trigonal
    crystals, surplus that of c66 over (c11 - c12) / 2 in tetragonal and cubic ones. Where it
    differs from place to place, its components are arrays.
    """

    c11: float
    c12: float
    c13: float
    c33: float
    c44: float
    c14: float = 0.0
    c15: float = 0.0
    surplus: float = 0.0

    @classmethod
    def isotropic(cls, young: float, poisson: float) -> "Stiffness":
        """Stiffness of an isotropic solid."""
        shear = young / (2 * (1 + poisson))
        lame = young * poisson / ((1 + poisson) * (1 - 2 * poisson))
        return cls(lame + 2 * shear, lame, lame, lame + 2 * shear, shear)

    def at(self, places: npt.NDArray[np.integer]) -> "Stiffness":
        """Those of its components, arrays, that belong to some places."""
        return Stiffness(*np.array(self)[:, places])

    def invariant_form(self) -> Floats:
        """Coefficients (lambda, mu_T, alpha, mu_L, beta) of `transversely_isotropic_stress`."""
        c11, c12, c13, c33, c44 = self[:5]
        return np.array([c12, (c11 - c12) / 2, c13 - c12, c44, c11 + c33 - 2 * c13 - 4 * c44])

    def form_about_c(self) -> Floats:
        """Coefficients (c14, c15, surplus) of `stress_of_directions_about_c`."""
        return np.array(self[5:])

    def knows_directions_about_c(self) -> bool:
        """Whether it is not the same in every direction about c, anywhere; to rounding."""
        return bool(np.any(np.abs(self.form_about_c()) > 1e-9 * np.array(self.c11)))

    def young_along_c(self) -> float:
        """Young's modulus along the c axis."""
        return self.c33 - 2 * self.c13**2 / (self.c11 + self.c12)

    def reuss_bulk(self) -> float:
        """Pressure over the change of volume that it makes, 1 / (I:S:I)."""
        c11, c12, c13, c33 = self[:4]
        return (c33 * (c11 + c12) - 2 * c13**2) / (c11 + c12 + 2 * c33 - 4 * c13)

    def is_isotropic(self) -> bool:
        """Whether no direction differs from another, to rounding."""
        _, _, alpha, along, beta = self.invariant_form() / self.c11
        shear = (self.c11 - self.c12) / 2 / self.c11
        alike = bool(max(abs(alpha), abs(beta), abs(along - shear)) < 1e-9)
        return alike and not self.knows_directions_about_c()

    def quadratic(self, a: Floats, c: Floats) -> Floats:
        """e:C:e of the strain e = a (I - c c) + c cc, for arrays of a and c."""
        return 2 * (self.c11 + self.c12) * a**2 + 4 * self.c13 * a * c + self.c33 * c**2


def strain(displacement: Expr, axial_strain: Expr) -> Expr:
    """sym grad u as a 3 x 3 tensor; in 2D with the uniform axial strain as its zz part.

    A displacement of the plane alone, two components, has no xz and yz parts.
    """
    grad = ufl.grad(displacement)
    if grad.ufl_shape == (3, 3):
        return ufl.sym(grad)
    rows = [[grad[i, 0], grad[i, 1], 0] for i in range(grad.ufl_shape[0])]
    rows += [[0, 0, 0]] * (3 - len(rows))
    rows[2] = [*rows[2][:2], axial_strain]
    return ufl.sym(ufl.as_tensor(rows))


def eigenstrain(strain_a: Expr, strain_c: Expr, c_axis: Expr) -> Expr:
    """e_ch = a (I - c c) + c cc: lattice strain along and across the c axis."""
    along_c = ufl.outer(c_axis, c_axis)
    return strain_a * (ufl.Identity(3) - along_c) + strain_c * along_c


def transversely_isotropic_stress(e: Expr, c_axis: Expr, k: Expr) -> Expr:
    """Stress of the elastic strain e, with m = c c and k from `Stiffness.invariant_form`.

    s = lambda tr(e) I + 2 mu_T e + alpha [(m:e) I + tr(e) m] + 2 (mu_L - mu_T)(m e + e m)
        + beta (m:e) m                    (Spencer, Continuum Theory of Fibre Composites, 1984)
    """
    m = ufl.outer(c_axis, c_axis)
    e_cc = ufl.inner(m, e)
    identity = ufl.Identity(3)
    return (
        k[0] * ufl.tr(e) * identity
        + 2 * k[1] * e
        + k[2] * (e_cc * identity + ufl.tr(e) * m)
        + 2 * (k[3] - k[1]) * (m * e + e * m)
        + k[4] * e_cc * m
    )


def stress_of_directions_about_c(e: Expr, a_axis: Expr, c_axis: Expr, k: Expr) -> Expr:
    """What the stress of the elastic strain e hangs on directions about c, k of `form_about_c`.

    With b = c x a, P = aa - bb, Q = ab + ba, R = bc + cb and T = ac + ca
    s = c14 [(R:e) P + (P:e) R + (T:e) Q + (Q:e) T] + c15 [(T:e) P + (P:e) T - (R:e) Q - (Q:e) R]
        + surplus (Q:e) Q                         (Nye, Physical Properties of Crystals, 1957)
    """
    b_axis = ufl.cross(c_axis, a_axis)
    p = ufl.outer(a_axis, a_axis) - ufl.outer(b_axis, b_axis)
    q, r, t = (
        ufl.outer(x, y) + ufl.outer(y, x)
        for x, y in ((a_axis, b_axis), (b_axis, c_axis), (a_axis, c_axis))
    )
    e_p, e_q, e_r, e_t = (ufl.inner(tensor, e) for tensor in (p, q, r, t))
    return (
        k[0] * (e_r * p + e_p * r + e_t * q + e_q * t)
        + k[1] * (e_t * p + e_p * t - e_r * q - e_q * r)
        + k[2] * e_q * q
    )


def internal_work(stress: Expr, virtual_strain: Expr, dx: ufl.Measure) -> ufl.Form:
    """Integral of s : e(v)."""
    return ufl.inner(stress, virtual_strain) * dx


def six_components(tensor: Expr) -> Expr:
    """Symmetric tensor as (xx, yy, zz, xy, yz, xz)."""
    return ufl.as_vector(
        [tensor[0, 0], tensor[1, 1], tensor[2, 2], tensor[0, 1], tensor[1, 2], tensor[0, 2]]
    )


def of_six(six: Expr) -> Expr:
    """Symmetric tensor of (xx, yy, zz, xy, yz, xz)."""
    return ufl.as_tensor(
        [[six[0], six[3], six[5]], [six[3], six[1], six[4]], [six[5], six[4], six[2]]]
    )


def tensors(six: Floats) -> Floats:
    """(points, 6) components as (points, 3, 3) symmetric tensors."""
    return six[:, [[0, 3, 5], [3, 1, 4], [5, 4, 2]]]


def trace(six: Floats) -> Floats:
    """Trace of (points, 6) symmetric tensors."""
    return six[:, :3].sum(axis=1)


def along(six: Floats, axis: Floats) -> Floats:
    """axis . T . axis of (points, 6) symmetric tensors and (points, 3) unit vectors."""
    squares = np.einsum("ij,ij->i", six[:, :3], axis**2)
    products = axis[:, [0, 1, 0]] * axis[:, [1, 2, 2]]
    return squares + 2 * np.einsum("ij,ij->i", six[:, 3:], products)


def basal_shear(six: Floats, c_axis: Floats, c44: Floats | float) -> Floats:
    """Shear 2 |(I - cc) e c| of the planes across c under (points, 6) stresses, c44 in their unit.

    Of crystals that are the same in every direction about c.
    """
    traction = np.einsum("pij,pj->pi", tensors(six), c_axis)
    across = traction - along(six, c_axis)[:, None] * c_axis
    return np.asarray(np.linalg.norm(across, axis=1) / c44)


def von_mises(six: Floats) -> Floats:
    """Von Mises stress of (points, 6) stresses."""
    normal = six[:, :3] - trace(six)[:, None] / 3
    return np.sqrt(1.5 * (normal**2).sum(axis=1) + 3 * (six[:, 3:] ** 2).sum(axis=1))


def first_principal(six: Floats) -> Floats:
    """Largest principal stress of (points, 6) stresses."""
    return np.linalg.eigvalsh(tensors(six))[:, -1]
