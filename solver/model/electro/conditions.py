"""What ions and electrons meet at the surfaces just now: wet or dry, filled, bonded or broken."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.model.electro.surfaces import Passage, Passages, closed
from solver.model.electro.system import ElectrochemicalSystem, NetworkFields
from solver.model.oxides import Each, at_nodes
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.particle.network import Network
from solver.physics import wetting

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]
LEAST_CONTACT = 1e-9  # keeps the potential of a grain that lost all contact defined
THINNEST = 1e-12  # um: a filling that is no resistance at all would divide by zero


@dataclass(frozen=True)
class BoundaryLaws:
    """Of each boundary point, in internal units.

    resistance: of the direct contact between oxides, V um^2/pA; infinite where there is none.
    exchange: exchange current of a face between oxide and a meshed filler, zero elsewhere.
    electrons: conductance when bonded. filled: whether LPO without thickness of its own is
    between. liquid: whether liquid can always enter. plus_oxide, minus_oxide: whether that side is
    oxide. rupture: gap that breaks a coating over a mouth, um, one for all.
    """

    resistance: Floats
    exchange: Floats
    electrons: Floats
    filled: Booleans
    liquid: Booleans
    plus_oxide: Booleans
    minus_oxide: Booleans
    rupture: float

    def open_mouths(self, network: Network, state: State) -> Floats:
        """Length of the outside's edge at each point, where no coating covers it any more."""
        broken = wetting.ruptured(network.covered, state["max_opening"], self.rupture)
        return network.mouth + network.covered * broken


@dataclass(frozen=True)
class Filling:
    """LPO in a boundary: thickness (um), conductivity along and across it (pA/(V um)), exchange
    current at the oxide (pA/um^2), and conductance into liquid (pA/(V um^2))."""

    thickness: float
    conductivity_along: float
    conductivity: float
    exchange: float
    electrolyte_conductance: float

    def mouth_conductance(self) -> float:
        """Per length of a mouth, pA/(V um): the face to the liquid, and then half the thickness.

        No mesh resolves how far ions get along a filling before they enter the oxide, less than
        its thickness; what they cross for this limits them.
        """
        face = self.electrolyte_conductance * self.thickness
        return 1.0 / (1.0 / face + 1.0 / (2.0 * self.conductivity_along))


@dataclass(frozen=True)
class Liquid:
    """Electrolyte: width where a boundary has not opened (um), conductivity along it and in bulk
    (pA/(V um)), factor on the oxide's exchange current, double layer (pC/(V um^2))."""

    width: float
    conductivity_along: float
    conductivity: float
    transfer: float
    double_layer: float


@dataclass(frozen=True)
class SurfaceLaws:
    """Laws of all surfaces.

    roughness: true over geometric area of the outside. film_resistance: of the fresh oxide,
    V um^2/pA, at the nodes where it differs. outside_exchange: of fillers against the liquid,
    pA/um^2. resistivity: of the interphase at each node of the outside, and inside the boundaries,
    V um/pA; relaxation: of its dielectric, s.
    """

    boundary: BoundaryLaws
    filling: Filling | None
    liquid: Liquid
    roughness: float
    film_resistance: Each
    outside_exchange: float
    outside_resistivity: Floats
    inside_resistivity: float
    outside_relaxation: Floats
    inside_relaxation: float
    crack_blocks_lithium: bool
    crack_blocks_electrons: bool


def set_conditions(
    electro: ElectrochemicalSystem, laws: SurfaceLaws, broken: Floats, gap: Floats
) -> None:
    """Give the chemistry its conditions at this broken share and normal gap (um)."""
    state, bonded = electro.state, np.maximum(1.0 - broken, LEAST_CONTACT)
    passing = bonded if laws.crack_blocks_lithium else np.ones_like(bonded)
    boundaries, fresh = electro.spaces.boundaries, laws.film_resistance
    plus = laws.boundary.plus_oxide, at_nodes(fresh, boundaries.plus)
    minus = laws.boundary.minus_oxide, at_nodes(fresh, boundaries.minus)
    inside = closed(len(bonded)), closed(len(bonded))
    if electro.network is not None:
        film, oxidation = state.sides("film"), state.sides("oxidation")
        inside = (
            _side(laws, state, passing, gap, *plus, film.plus, oxidation.plus),
            _side(laws, state, passing, gap, *minus, film.minus, oxidation.minus),
        )
    passages = Passages(_outside(laws, electro, state), *inside, _contact(laws, passing))
    conducting = bonded if laws.crack_blocks_electrons else 1.0
    electro.set_conditions(passages, laws.boundary.electrons * conducting)
    if electro.network is not None:
        _fill_network(electro.network, laws, electro.spaces, state, passing, gap)


def _outside(laws: SurfaceLaws, electro: ElectrochemicalSystem, state: State) -> Passage:
    """Oxide or filler against the electrolyte around the particle."""
    r, zero = laws.roughness, np.zeros_like(electro.outer_area)
    oxide = (electro.outer_area > 0) & electro.in_oxide
    filler = (electro.outer_area > 0) & ~electro.in_oxide
    film = laws.outside_resistivity * state.sides("film").outside
    return Passage(
        liquid=r * laws.liquid.transfer * oxide,
        constant=r * laws.outside_exchange * filler,
        resistance=(film + laws.film_resistance * oxide) / r,
        parasitic=r * state.sides("oxidation").outside,
        capacity=zero + r * laws.liquid.double_layer,
        bridged=film / r,
        relaxation=laws.outside_relaxation,
    )


def _side(
    laws: SurfaceLaws,
    state: State,
    passing: Floats,
    gap: Floats,
    oxide: Booleans,
    fresh: Each,
    film: Floats,
    oxidation: Floats,
) -> Passage:
    """Oxide against liquid or LPO in the boundary; half of either is in series."""
    wet, filled = state["wetness"] * oxide, laws.boundary.filled * passing
    half = 0.5 * _width(laws, gap) / laws.liquid.conductivity
    of_film = laws.inside_resistivity * film
    in_series = of_film + fresh + half
    conductance = wet / in_series
    constant = np.zeros_like(wet)
    if laws.filling is not None:
        f = laws.filling
        conductance += filled * f.conductivity / max(0.5 * f.thickness, THINNEST)
        constant = filled * f.exchange
    with np.errstate(divide="ignore"):
        resistance = np.where(conductance > 0, 1.0 / conductance, 0.0)
    return Passage(
        liquid=laws.liquid.transfer * wet,
        constant=constant,
        resistance=resistance,
        parasitic=oxidation * wet,
        capacity=laws.liquid.double_layer * (wet + filled),
        bridged=resistance * of_film / in_series * (wet > 0),
        relaxation=np.full_like(wet, laws.inside_relaxation),
    )


def _contact(laws: SurfaceLaws, passing: Floats) -> Passage:
    """Oxide against oxide, or against a meshed filler."""
    at_filler = laws.boundary.exchange > 0
    direct = np.isfinite(laws.boundary.resistance) & ~at_filler
    zero = np.zeros_like(passing)
    return Passage(
        liquid=zero,
        constant=np.where(direct, np.inf, laws.boundary.exchange * passing),
        resistance=np.where(direct, laws.boundary.resistance / passing, 0.0),
        parasitic=zero,
        capacity=np.where(at_filler, laws.liquid.double_layer * passing, 0.0),
        bridged=zero,
        relaxation=zero,
    )


def _width(laws: SurfaceLaws, gap: Floats) -> Floats:
    return np.maximum(gap, laws.liquid.width)


def _fill_network(
    fields: NetworkFields,
    laws: SurfaceLaws,
    spaces: Spaces,
    state: State,
    passing: Floats,
    gap: Floats,
) -> None:
    """Conductances along the boundaries and out of their mouths. Collective."""
    network, wet = spaces.network, state["wetness"]
    along = laws.liquid.conductivity_along * _width(laws, gap) * wet
    out = laws.liquid.conductivity * wet  # access to a slit from a half space, about kappa
    if laws.filling is not None:
        filled, f = laws.boundary.filled * passing, laws.filling
        along = along + f.conductivity_along * f.thickness * filled
        out = out + filled * f.mouth_conductance()
    fields.along.x.array[:] = along
    mouth = laws.boundary.open_mouths(network, state)
    conductance = network.collect(mouth * out) / network.area
    facets = np.zeros_like(along)  # conducts if one of its points does: reaches all its nodes
    facets[network.facet] = along[network.facet].max(axis=1, keepdims=True)
    idle = network.collect((facets > 0).astype(float)) == 0
    fields.outlet.x.array[:] = np.where(idle, 1.0, conductance)
