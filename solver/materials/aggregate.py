"""Elasticity of an aggregate of randomly turned crystals, and the energy of their misfit.

Stiffness matrices are 6 x 6 for (11, 22, 33, 23, 13, 12) with sqrt(2) on shear (Kelvin), so that
they are tensors in six dimensions. An isotropic one is 3 K J + 2 G D.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.materials.stiffness import MaterialStiffness

Floats = npt.NDArray[np.floating]
_EVEN = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0]) / np.sqrt(3)
_J = np.outer(_EVEN, _EVEN)
_D = np.eye(6) - _J
_STEPS = 2000  # of the search along the reference solids
_FARTHEST = 1e2  # shear modulus of the stiffest of them over the largest of the crystal
_NEAREST = 1e-9
_SETTLED = 1e-12  # change of the shear modulus over itself


class Moduli(NamedTuple):
    """Bulk and shear modulus, in the unit of the stiffness."""

    bulk: float
    shear: float


def kelvin(stiffness: MaterialStiffness) -> Floats:
    """Return the Kelvin matrix of a crystal."""
    scale = np.sqrt(np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0]))
    return stiffness.voigt() * np.outer(scale, scale)


def voigt(matrix: Floats) -> Moduli:
    """Return the moduli if all crystals are strained alike: the upper bound."""
    return Moduli(float(np.sum(_J * matrix)) / 3, float(np.sum(_D * matrix)) / 10)


def reuss(matrix: Floats) -> Moduli:
    """Return the moduli if all crystals are stressed alike: the lower bound."""
    compliant = voigt(np.linalg.inv(matrix))
    return Moduli(1 / (9 * compliant.bulk), 1 / (4 * compliant.shear))


def hashin_shtrikman(matrix: Floats) -> tuple[Moduli, Moduli]:
    """Return the bounds of Hashin and Shtrikman (J. Mech. Phys. Solids 10, 1962, 343), low, high.

    Of a large aggregate whose grains have neither direction nor preferred neighbours. Each solid
    of isotropic stiffness C0 below (above) that of the crystal in every strain gives a lower (an
    upper) one, [<(C + C*)^-1>]^-1 - C*, where C* is how a solid C0 yields to a sphere in it
    (Walpole, ibid. 14, 1966, 151; Watt and Peselnick, J. Appl. Phys. 51, 1980, 1525). The best one
    is searched for along those that just are below (above).
    """
    sheared = _D @ matrix @ _D + np.trace(matrix) * _J  # what is not shear comes last
    softest, stiffest = 0.5 * np.linalg.eigvalsh(sheared)[[0, 4]]
    near = np.geomspace(_NEAREST, 1.0, _STEPS)
    far = np.geomspace(_NEAREST, _FARTHEST, _STEPS)
    low = [_estimate(matrix, shear) for shear in softest * (1 - near[:-1])]
    high = [_estimate(matrix, shear) for shear in stiffest * (1 + far)]
    lower, upper = np.nanmax(low, axis=0), np.nanmin(high, axis=0)
    return Moduli(*map(float, lower)), Moduli(*map(float, upper))


def _estimate(matrix: Floats, shear: float) -> Moduli:
    """Bound by the reference solid of a shear modulus that just is below or above the crystal."""
    coupled, rest = _D @ matrix @ _EVEN, _D @ matrix @ _D - 2 * shear * _D
    bulk = float(_EVEN @ matrix @ _EVEN - coupled @ np.linalg.pinv(rest) @ coupled) / 3
    if bulk <= 0:
        return Moduli(np.nan, np.nan)
    yields = _yielding(Moduli(bulk, shear))
    moduli = reuss(matrix + _isotropic(yields))
    return Moduli(moduli.bulk - yields.bulk, moduli.shear - yields.shear)


def self_consistent(matrix: Floats) -> Moduli:
    """Return the moduli of the aggregate if every crystal is a sphere in just that aggregate."""
    moduli, before = voigt(matrix), Moduli(np.inf, np.inf)
    while abs(moduli.shear - before.shear) > _SETTLED * moduli.shear:
        before = moduli
        held = _yielding(before)
        whole = reuss(matrix + _isotropic(held))
        moduli = Moduli(whole.bulk - held.bulk, whole.shear - held.shear)
    return moduli


def mismatch_energy(matrix: Floats) -> float:
    """Return the elastic energy density of the free aggregate per square of its misfit.

    Every crystal would like to be longer along its axis than across, by the misfit. As a sphere of
    stiffness C in an aggregate that yields by C*, it bears the stress
    -C (C + C*)^-1 C* (e - <e>), e = cc and <e> isotropic, such that the mean stress vanishes; the
    energy is half of -stress : e. (Kroener, Z. Phys. 151, 1958, 504, for the moduli.)
    """
    held = _isotropic(_yielding(self_consistent(matrix)))
    along, even = np.eye(6)[2], np.sqrt(3) * _EVEN
    share = np.linalg.solve(matrix + held, matrix)
    mean = (even @ share @ along) / (even @ share @ even)
    borne = matrix @ np.linalg.solve(matrix + held, held @ (along - mean * even))
    return 0.5 * float(along @ borne)


def _yielding(around: Moduli) -> Moduli:
    """How a solid of these moduli yields to a sphere in it, as moduli."""
    bulk, shear = around
    return Moduli(4 / 3 * shear, shear / 6 * (9 * bulk + 8 * shear) / (bulk + 2 * shear))


def _isotropic(moduli: Moduli) -> Floats:
    return 3 * moduli.bulk * _J + 2 * moduli.shear * _D
