"""What a fresh boundary of a case resists with, before it scatters: case over material."""

import numpy as np

from solver.case.physics import CohesiveCase
from solver.materials import BoundaryMaterial, MaterialError
from solver.physics.cohesive import Strength, largest_onset
from solver.units.constants import JOULE, METRE, PASCAL

MOST_ONSET = 0.95  # of the final opening: a law that falls more steeply cannot be integrated


def nominal_law(cohesive: CohesiveCase, material: BoundaryMaterial, penalty: float) -> Strength:
    """Law of a boundary in internal units; penalty in Pa/m.

    MaterialError if it would be separated before it begins to separate.
    """
    strength = cohesive.strength or material.strength
    toughness = cohesive.toughness or material.toughness
    shear = cohesive.shear_strength or material.shear_ratio * strength
    ratio = 1.0
    if cohesive.mixed_mode.criterion != "none":
        ratio = (cohesive.shear_toughness or material.shear_toughness or toughness) / toughness
    law = Strength(
        strength=np.asarray(strength * PASCAL),
        toughness=np.asarray(toughness * JOULE / METRE**2),
        shear_ratio=shear / strength,
        penalty=penalty * PASCAL / METRE,
        residual=material.residual_stiffness,
        toughness_ratio=ratio,
        criterion=cohesive.mixed_mode.criterion,
        exponent=cohesive.mixed_mode.exponent,
        shape=cohesive.law,
    )
    if cohesive.enabled:
        _require_integrable(law, material.name)
    return law


def _require_integrable(law: Strength, name: str) -> None:
    share, mix = largest_onset(law)
    if share <= MOST_ONSET:
        return
    needed = law.penalty * share / MOST_ONSET * METRE / PASCAL
    raise MaterialError(
        f"physics.cohesive: the {name} would separate fully at {share**-1:.2g} times the opening "
        f"at which it begins to (shear does {mix:.0%} of the work): raise toughness or lower "
        f"strength, or give a penalty above {needed:.2g} Pa/m"
    )
