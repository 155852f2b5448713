"""Whether a run has left the occupancies in which an oxide has been measured."""

import numpy as np

from solver.materials.library import GrainMaterial


def tail_entered(material: GrainMaterial, lowest_x: float, highest_x: float) -> str | None:
    """Return one line naming the tails between the extreme occupancies of a run, if there are any.

    For example "NMC76: potential below x = 0.2297 (above 4.26 V) is a tail, not measured".
    """
    parts = []
    for what, (low, high) in (
        ("potential", material.known_range),
        ("lattice strains", material.known_strain_range),
    ):
        if lowest_x < low:
            parts.append(f"{what} below x = {low:g}{_voltage(material, low, 'above')}")
        if highest_x > high:
            parts.append(f"{what} above x = {high:g}{_voltage(material, high, 'below')}")
    if not parts:
        return None
    one = len(parts) == 1 and parts[0].startswith("potential")
    return (
        f"{material.name}: {', '.join(parts)} {'is a tail' if one else 'are tails'}, not measured"
    )


def _voltage(material: GrainMaterial, x: float, side: str) -> str:
    """Return where an occupancy lies in voltage, if the potential is measured there."""
    low, high = material.known_range
    if not low <= x <= high:
        return ""
    return f" ({side} {float(material.potential.value(np.array(x))):.2f} V)"
