"""Cohesive law of a grain boundary: bilinear or exponential, mixed-mode, irreversible, at points.

Opening vector D = u('-') - u('+'), normal n outward from '+'. With M = H(Dn) nn + c (I - nn),
c the ratio of shear to normal stiffness, the effective opening is l = sqrt(D.M.D) (Ortiz and
Pandolfi, Int. J. Numer. Meth. Engng 44, 1999). Up to the reach k a point unloads to the origin
and reloads; beyond, k grows and stiffness is lost; in compression the penalty acts undamaged:

    t = (1 - loss(k)) K M.D - K <-Dn> n,     loss = [k_f (k - k_0)] / [k (k_f - k_0)]

with k_0 = strength / K and, bilinear, k_f = 2 toughness / strength. What a point remembers is its
*damage* x = (k - k_0) / (k_f - k_0): 0 intact, 1 parted, more where the sides then went further
apart. It holds nothing of what the penalty K yields, so that what weakens a point (its k_0 and k_f
fall) leaves its damage as it is. The *broken share* is what physics sees and a run shows as damage,
dissipated energy over toughness: x itself, up to 1. In the exponential law the traction falls like
g = (exp(-a x) - exp(-a)) / (1 - exp(-a)), and loss = 1 - k_0 g / k.

Mixed mode. c = (shear over tensile strength)^2 / (shear over tensile toughness), and the mix is
the share of shear in the work, B = c Dt^2 / l^2. The quadratic criterion of tractions begins
damage, at l_0 = k_0 [1 - B + B / (toughness ratio)]^(-1/2); the toughness is that of Benzeggagh
and Kenane, 1 + (ratio - 1) B^e, or of the power law, [(1 - B)^e + (B / ratio)^e]^(-1/e). Mixes
share their stiffness loss (Turon et al., Mech. Mater. 38, 2006): the damage is that of the same
loss in pure tension, so no change of mix heals. Lengths um, tractions MPa, energies J/m^2 = MPa um.
"""

from solver.physics.cohesive.books import ENERGIES, FIELDS
from solver.physics.cohesive.energy import EnergiesPerArea, energies, potential, viscous_dissipation
from solver.physics.cohesive.law import (
    Criterion,
    Shape,
    Strength,
    bearing,
    broken_share,
    damage_at,
    remaining_stiffness,
    stages,
)
from solver.physics.cohesive.mix import (
    WHOLE,
    HeldShares,
    advance,
    at_mix,
    column,
    effective_opening,
    elastic_opening,
    in_mix,
    largest_onset,
    mode_mix,
    opening_metric,
    same_loss,
)
from solver.physics.cohesive.response import Response, hold, respond

__all__ = [
    "ENERGIES",
    "FIELDS",
    "WHOLE",
    "Criterion",
    "EnergiesPerArea",
    "HeldShares",
    "Response",
    "Shape",
    "Strength",
    "advance",
    "at_mix",
    "bearing",
    "broken_share",
    "column",
    "damage_at",
    "effective_opening",
    "elastic_opening",
    "energies",
    "hold",
    "in_mix",
    "largest_onset",
    "mode_mix",
    "opening_metric",
    "potential",
    "remaining_stiffness",
    "respond",
    "same_loss",
    "stages",
    "viscous_dissipation",
]
