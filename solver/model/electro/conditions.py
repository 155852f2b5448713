"""What ions and electrons meet at the surfaces just now: wet or dry, filled, bonded or broken."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.mechanisms.conditions import Conditions, Layers
from solver.mechanisms.places import Places
from solver.model.electro.surfaces import Passage, Passages, closed
from solver.model.electro.system import ElectrochemicalSystem, NetworkFields
from solver.model.oxides import Each, at_nodes
from solver.model.spaces import Spaces
from solver.model.state import State

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]
LEAST_CONTACT = 1e-9  # keeps the potential of a grain that lost all contact defined
THINNEST = 1e-12  # um: a filling that is no resistance at all would divide by zero


@dataclass(frozen=True)
class BoundaryLaws:
    """Of each boundary point, in internal units.

    resistance: of the direct contact between oxides, V um^2/pA; infinite where there is none.
    exchange: exchange current of a face between oxide and a meshed filler, zero elsewhere.
    electrons: conductance when bonded.
    """

    resistance: Floats
    exchange: Floats
    electrons: Floats


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
    """Laws of all surfaces. places: where they are.

    film_resistance: of the fresh oxide,
    V um^2/pA, at the nodes where it differs. outside_exchange: of fillers against the liquid,
    pA/um^2.
    """

    places: Places

    boundary: BoundaryLaws
    filling: Filling | None
    liquid: Liquid
    film_resistance: Each
    outside_exchange: float
    crack_blocks_lithium: bool
    crack_blocks_electrons: bool


def set_conditions(
    electro: ElectrochemicalSystem,
    laws: SurfaceLaws,
    made: Conditions,
    damage: Floats,
    gap: Floats,
) -> None:
    """Give the chemistry its conditions at this damage and normal gap (um).

    made: what mechanisms have made of surfaces and grains. Liquid is as wide as its boundary has
    opened, and wider by what the sides have receded and nothing fills; it keeps what it has in one
    that has not.
    """
    state, points = electro.state, laws.places.points
    bonded = np.maximum(1.0 - damage, LEAST_CONTACT)
    passing = bonded if laws.crack_blocks_lithium else np.ones_like(bonded)
    boundaries, fresh = electro.spaces.boundaries, laws.film_resistance
    least = laws.liquid.width
    width = np.maximum(np.maximum(gap, least) + made.receded - made.filled, least)
    plus = points.plus_oxide, at_nodes(fresh, boundaries.plus)
    minus = points.minus_oxide, at_nodes(fresh, boundaries.minus)
    inside = closed(len(bonded)), closed(len(bonded))
    if electro.network is not None:
        inside = (
            _side(laws, state, passing, width, *plus, made.plus),
            _side(laws, state, passing, width, *minus, made.minus),
        )
    passages = Passages(_outside(laws, electro, made.outside), *inside, _contact(laws, passing))
    conducting = bonded if laws.crack_blocks_electrons else 1.0
    electro.set_conditions(passages, laws.boundary.electrons * conducting, made.diffusivity)
    if electro.network is not None:
        _fill_network(electro.network, laws, electro.spaces, state, passing, width)


def _outside(laws: SurfaceLaws, electro: ElectrochemicalSystem, layers: Layers) -> Passage:
    """Oxide or filler against the electrolyte around the particle."""
    r, zero = laws.places.roughness, np.zeros_like(electro.outer_area)
    oxide = (electro.outer_area > 0) & electro.in_oxide
    filler = (electro.outer_area > 0) & ~electro.in_oxide
    return Passage(
        liquid=r * laws.liquid.transfer * oxide * layers.exchange,
        constant=r * laws.outside_exchange * filler,
        resistance=(layers.resistance + laws.film_resistance * oxide) / r,
        parasitic=r * layers.parasitic,
        capacity=zero + r * laws.liquid.double_layer,
        bridged=layers.bridged / r,
        relaxation=layers.relaxation.copy(),
    )


def _side(
    laws: SurfaceLaws,
    state: State,
    passing: Floats,
    width: Floats,
    oxide: Booleans,
    fresh: Each,
    layers: Layers,
) -> Passage:
    """Oxide against liquid or LPO in the boundary; half of either is in series.

    width: of the liquid, um.
    """
    wet, filled = state["wetness"] * oxide, laws.places.points.filled * passing
    half = 0.5 * width / laws.liquid.conductivity
    in_series = layers.resistance + fresh + half
    conductance = wet / in_series
    constant = np.zeros_like(wet)
    if laws.filling is not None:
        f = laws.filling
        conductance += filled * f.conductivity / max(0.5 * f.thickness, THINNEST)
        constant = filled * f.exchange
    with np.errstate(divide="ignore"):
        resistance = np.where(conductance > 0, 1.0 / conductance, 0.0)
    return Passage(
        liquid=laws.liquid.transfer * wet * layers.exchange,
        constant=constant,
        resistance=resistance,
        parasitic=layers.parasitic * wet,
        capacity=laws.liquid.double_layer * (wet + filled),
        bridged=resistance * layers.bridged / in_series * (wet > 0),
        relaxation=layers.relaxation.copy(),
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


def _fill_network(
    fields: NetworkFields,
    laws: SurfaceLaws,
    spaces: Spaces,
    state: State,
    passing: Floats,
    width: Floats,
) -> None:
    """Conductances along the boundaries and out of their mouths. Collective.

    width: of the liquid, um.
    """
    network, wet = spaces.network, state["wetness"]
    along = laws.liquid.conductivity_along * width * wet
    out = laws.liquid.conductivity * wet  # access to a slit from a half space, about kappa
    if laws.filling is not None:
        filled, f = laws.places.points.filled * passing, laws.filling
        along = along + f.conductivity_along * f.thickness * filled
        out = out + filled * f.mouth_conductance()
    fields.along.x.array[:] = along
    mouth = laws.places.open_mouths(state["max_opening"])
    conductance = network.collect(mouth * out) / network.area
    facets = np.zeros_like(along)  # conducts if one of its points does: reaches all its nodes
    facets[network.facet] = along[network.facet].max(axis=1, keepdims=True)
    idle = network.collect((facets > 0).astype(float)) == 0
    fields.outlet.x.array[:] = np.where(idle, 1.0, conductance)
