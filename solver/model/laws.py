"""What depends on the temperature: one record of laws, replaced as a whole when it changes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.case import Case
from solver.entries.laws import Law
from solver.materials.bonded import potential_of
from solver.materials.library import FillerMaterial, GrainMaterial
from solver.mechanisms import Places
from solver.model.bond import SlidingLaw
from solver.model.electro.conditions import SurfaceLaws
from solver.model.electro.surface_laws import surface_laws
from solver.model.electro.system import ElectrochemicalLaws
from solver.model.oxides import Oxides
from solver.model.solids import Solids
from solver.model.spaces import Spaces
from solver.particle.mesh import Particle
from solver.physics.kinetics import thermal_voltage_at
from solver.units.constants import AMPERE, METRE, SECOND, SIEMENS


@dataclass(frozen=True)
class Laws:
    """All laws at one temperature, K, in internal units; those of mechanisms are their own.

    sliding: of the boundaries. electro: of lithium and charge, surfaces: of what ions and electrons
    meet there; None without chemistry.
    """

    temperature: float
    sliding: SlidingLaw
    electro: ElectrochemicalLaws | None = None
    surfaces: SurfaceLaws | None = None


class LawsInForce:
    """The laws at the present temperature; they are evaluated only when it changes."""

    def __init__(self, at: Callable[[float], Laws], temperature: float) -> None:
        """at: evaluates them at a temperature in K."""
        self._at, self.now = at, at(temperature)

    def change(self, temperature: float) -> bool:
        """Take those at a temperature, K; return whether it is another than the present one.

        MaterialError, and nothing has changed, if a material does not have that temperature.
        """
        if temperature == self.now.temperature:
            return False
        self.now = self._at(temperature)
        return True


def laws_of(
    case: Case,
    particle: Particle,
    spaces: Spaces,
    solids: Solids,
    places: Places,
    sliding: Callable[[float], SlidingLaw],
) -> Callable[[float], Laws]:
    """Return what evaluates all laws of a case on its particle at a temperature in K.

    sliding: law of the boundaries at a temperature.
    """
    materials, oxides = solids.materials, solids.oxides

    def at(temperature: float) -> Laws:
        if materials is None or oxides is None:
            return Laws(temperature, sliding(temperature))
        electro = electrochemical_laws(
            oxides, case, spaces.grain_of_node, materials.filler, temperature
        )
        surfaces = surface_laws(case, particle, spaces, materials, oxides, places, temperature)
        return Laws(temperature, sliding(temperature), electro, surfaces)

    return at


def electrochemical_laws(
    oxides: Oxides,
    case: Case,
    grain_of_node: npt.NDArray[np.int32],
    filler: FillerMaterial | None,
    temperature: float,
) -> ElectrochemicalLaws:
    """Return the laws of lithium and charge at a temperature in K."""

    def law(of: Callable[[GrainMaterial], Law]) -> Law:
        return oxides.law(of, grain_of_node)

    return ElectrochemicalLaws(
        potential=law(lambda each: potential_of(each, case.physics, temperature)),
        diffusivity=law(lambda each: each.diffusivity(temperature).scaled(METRE**2 / SECOND)),
        exchange_current=law(
            lambda each: each.exchange_current(temperature).scaled(AMPERE / METRE**2)
        ),
        thermal_voltage=thermal_voltage_at(temperature),
        conductivity=filler.conductivity(temperature) * SIEMENS / METRE if filler else 0.0,
    )
