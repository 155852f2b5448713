"""Cracks inside grains: what the crack field of a particle is solved with."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from mpi4py import MPI

from solver.case import Case
from solver.materials import MaterialStiffness
from solver.materials.grain_resistance import grain_resistance
from solver.model.mechanics import MechanicalSystem
from solver.model.regions import in_oxide
from solver.model.state import State
from solver.particle import dolfinx_api
from solver.particle.mesh import Particle
from solver.physics import phase_field
from solver.physics.mechanics import Stiffness
from solver.physics.phase_field import Degradation, Resistance, Split
from solver.units.constants import CRACKED_GRAIN, JOULE, METRE

Floats = npt.NDArray[np.floating]


class SplitError(Exception):
    """A split of the elastic energy that does not suit the solid."""


@dataclass(frozen=True)
class GrainFracture:
    """Energy of the crack field at given strain, as forms, and what bounds the field.

    drive: psi+ in the corners of the cells, as `update_drive` left it. residual, tangent:
    derivatives of the energy by the crack. surface_energy: of the cracks, pJ. highest: crack
    that each node may have, zero in fillers. keeps_history: irreversible by the largest drive so
    far, else by the crack itself. scale: energy that breaks all of the particle, pJ.
    """

    crack: fem.Function
    drive: fem.Function
    driving: fem.Expression
    residual: fem.Form
    tangent: fem.Form
    surface_energy: fem.Form
    highest: Floats
    keeps_history: bool
    resistance: Resistance
    scale: float

    def update_drive(self, drive_old: Floats) -> None:
        """Take the drive from the present displacement, or the old one where that is larger."""
        self.drive.interpolate(self.driving)
        if self.keeps_history:
            np.maximum(self.drive.x.array, drive_old, out=self.drive.x.array)

    def lowest(self, crack_old: Floats) -> Floats:
        """Crack that each node must have."""
        return np.zeros_like(crack_old) if self.keeps_history else np.clip(crack_old, 0, 1)


def resistance_of(case: Case, elastic: MaterialStiffness) -> Resistance | None:
    """How the grains of a case resist cracks inside, None if they do not crack there."""
    resistance, fracture = grain_resistance(case, elastic), case.physics.grain_fracture
    if resistance is None:
        return None
    toughness = resistance.toughness * JOULE / METRE**2
    return Resistance(fracture.model, toughness, resistance.length * METRE, fracture.cleavage)


class Cracked(NamedTuple):
    """Cracks inside grains: largest and mean, and the share of the grains that is cracked."""

    largest: float
    mean: float
    cracked: float


def measure_cracks(
    state: State, system: MechanicalSystem, in_grains: npt.NDArray[np.bool_]
) -> Cracked:
    """How cracked the grains are; in_grains: whether each node belongs to one. Collective."""
    spaces = system.spaces
    n_owned, comm = spaces.scalar.dofmap.index_map.size_local, spaces.boundaries.comm
    crack = state["crack"][:n_owned]
    volume = (system.node_volume * in_grains)[:n_owned]
    parts = [volume.sum(), volume @ crack, volume @ (crack >= CRACKED_GRAIN)]
    whole, mean, cracked = comm.allreduce(np.array(parts))
    largest = comm.allreduce(float(np.max(crack, initial=0.0)), MPI.MAX)
    return Cracked(float(largest), float(mean / whole), float(cracked / whole))


def degradation_of(state: State, elastic: Stiffness, split: Split) -> Degradation:
    """What the cracks of a state take from solids of this stiffness (MPa); SplitError."""
    match split:
        case "none":
            return Degradation(state.function("crack"))
        case "volumetric_deviatoric":
            kept = phase_field.volumetric_compression(elastic.reuss_bulk())
        case "spectral":
            if not elastic.is_isotropic() or len(state.function("displacement")) == 3:
                raise SplitError(
                    "the spectral split is for isotropic solids in plane strain: "
                    "use volumetric_deviatoric"
                )
            kept = phase_field.principal_compression(elastic.c12, elastic.c44)
    return Degradation(state.function("crack"), kept)


def its_degradation(case: Case, state: State, elastic: Stiffness) -> Degradation | None:
    """What cracks in the grains of a case leave of the stress, None if there are none."""
    fracture = case.physics.grain_fracture
    return degradation_of(state, elastic, fracture.split) if fracture.enabled else None


def fracture_of_case(
    case: Case,
    elastic: MaterialStiffness,
    particle: Particle,
    state: State,
    system: MechanicalSystem,
) -> GrainFracture | None:
    """Set up the cracks in the grains of a case, None if it has none. Collective."""
    resistance = resistance_of(case, elastic)
    if resistance is None:
        return None
    by_history = case.physics.grain_fracture.irreversibility == "history"
    return make_grain_fracture(particle, state, system, resistance, by_history)


def make_grain_fracture(
    particle: Particle,
    state: State,
    system: MechanicalSystem,
    resistance: Resistance,
    keeps_history: bool = False,
) -> GrainFracture:
    """Set up the crack field of a mechanical system with a degradation. Collective."""
    body, spaces = system.body, system.spaces
    assert body.degradation is not None
    e = body.elastic_strain(system.unknowns, system.strain_a, system.strain_c)
    driving = body.degradation.driving(body.intact_energy(e), e)
    tensor = phase_field.structural_tensor(resistance.cleavage, body.axis, particle.dimension)
    surface = resistance.toughness * phase_field.crack_density(
        state.function("crack"), resistance.dissipation, resistance.length, tensor
    )
    energy = (
        phase_field.degradation(state.function("crack")) * state.function("crack_drive") + surface
    ) * body.dx
    residual = ufl.derivative(energy, state.function("crack"))
    n_owned = spaces.scalar.dofmap.index_map.size_local
    volume = spaces.boundaries.comm.allreduce(float(system.node_volume[:n_owned].sum()))
    return GrainFracture(
        crack=state.function("crack"),
        drive=state.function("crack_drive"),
        driving=dolfinx_api.point_expression(driving, spaces.corner),
        residual=dolfinx_api.compile_form(residual),
        tangent=dolfinx_api.compile_form(ufl.derivative(residual, state.function("crack"))),
        surface_energy=dolfinx_api.compile_form(surface * body.dx),
        highest=in_oxide(particle, spaces).astype(float),
        keeps_history=keeps_history,
        resistance=resistance,
        scale=float(volume) * resistance.toughness / resistance.length,
    )
