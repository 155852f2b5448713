"""What a model of a cell knows of the oxide in its positive electrode."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Function = Callable[[Floats], Floats]
Constant = float | Function


@dataclass(frozen=True)
class CellParticle:
    """Active material of a positive electrode, in SI, at `temperature` (K).

    name: of its file. about: in one line. source: of all of it. potential: V, of the lithium per
    site x, which falls while x rises; known from `low` to `high`. nodes: x of a table, () of a
    formula. concentration: mol/m^3 at x = 1. diffusivity: m^2/s. exchange: i0 at x = 1/2, A/m^2, of
    i0 = 2 exchange sqrt(x (1 - x)) and i = 2 i0 sinh(F eta/2RT). Activation energies in J/mol, and
    entropic, dU/dT in V/K, are None where they are not given. radius: m, or None. notes: what does
    not fit.
    """

    name: str
    about: str
    source: str
    potential: Function
    low: float
    high: float
    nodes: tuple[float, ...]
    concentration: float
    diffusivity: Constant
    diffusivity_energy: float | None
    exchange: float
    exchange_told: str
    exchange_energy: float | None
    entropic: Constant | None
    radius: float | None
    temperature: float
    notes: tuple[str, ...] = ()


def values_of(law: Constant, x: Floats) -> Floats:
    """Return a constant, or a function, at occupancies."""
    return np.full(x.shape, law) if isinstance(law, float) else np.asarray(law(x))
