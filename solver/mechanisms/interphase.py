"""Interphase: films that grow on wet oxide and on wet coatings, and resist the reaction.

How they grow is in `solver.physics.film_growth`. The resistance of a film is rho s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.special import ndtri

from solver.entries import measures as q
from solver.entries.law_reader import activated_number
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, Shown, Slow
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.now import Fields, Now
from solver.mechanisms.places import Places
from solver.physics import film_growth
from solver.physics.film_growth import Oxidation
from solver.units.columns import Array, Column
from solver.units.constants import (
    COULOMB,
    FARADAY,
    GAS_CONSTANT,
    METRE,
    MOLE,
    OHM,
    SECOND,
    VACUUM_PERMITTIVITY,
)
from solver.units.fields import StateField
from solver.units.groups import FILMS
from solver.units.scatter import uniform
from solver.units.section import Section

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
Booleans = npt.NDArray[np.bool_]
PATCH = 0.2  # um, over which a film is even
NM = 1e9 / METRE  # nm in a um


class FilmOxidation(NamedTuple):
    """How fast a film would grow by oxidation of the electrolyte if it were no obstacle itself.

    ds/dt = rate exp(transfer_coefficient F (E - reference_potential) / R_g T)
    """

    rate: Callable[[float], float]  # of the temperature; at the reference potential, m/s
    reference_potential: float  # V, of the oxide against the liquid
    transfer_coefficient: float


@dataclass(frozen=True)
class InterphaseMaterial:
    """The film that the electrolyte leaves on an oxide (CEI), in SI.

    Two laws of growth for its thickness s, to be used one at a time::

        ds/dt = parabolic_rate / (2 s)                              diffusion through the film
        ds/dt = limited_rate exp(-s / limiting_thickness)           self-limiting

    `oxidation` acts in series with either where a case asks for it.
    """

    name: str
    initial_thickness: float  # m
    parabolic_rate: Callable[[float], float]  # of the temperature; m^2/s
    limited_rate: Callable[[float], float]  # of the temperature; m/s
    limiting_thickness: float  # m
    oxidation: FilmOxidation
    conductivity: Callable[[float], float]  # of the temperature; lithium ions, S/m
    permittivity: float  # relative to that of vacuum
    lithium_per_volume: float  # mol/m^3
    electrons_per_lithium: float  # electrons taken up for each lithium ion bound
    scatter: float  # relative standard deviation of the thickness between patches
    coverage: float  # part of the wet surface that the film covers

    def resistivity(self, temperature: float) -> float:
        """Return the resistivity in ohm m; times the thickness, the resistance of an area."""
        return 1.0 / self.conductivity(temperature)

    def relaxation(self, temperature: float) -> float:
        """Return the time in which its dielectric bridges its resistance, in s."""
        return VACUUM_PERMITTIVITY * self.permittivity * self.resistivity(temperature)


def interphase_of(entries: Entries) -> InterphaseMaterial:
    """Read an interphase film; what is wrong is noted with the entries."""
    return InterphaseMaterial(
        name=entries.text("name"),
        initial_thickness=entries.number("initial_thickness", q.THICKNESS),
        parabolic_rate=activated_number(entries, "parabolic_rate", q.PARABOLIC_RATE),
        limited_rate=activated_number(entries, "limited_rate", q.LIMITED_RATE),
        limiting_thickness=entries.number("limiting_thickness", q.THICKNESS),
        oxidation=FilmOxidation(
            rate=activated_number(entries, "oxidation.rate", q.LIMITED_RATE),
            reference_potential=entries.number("oxidation.reference_potential", q.POTENTIAL),
            transfer_coefficient=entries.number(
                "oxidation.transfer_coefficient", q.TRANSFER_COEFFICIENT
            ),
        ),
        conductivity=activated_number(entries, "conductivity", q.CONDUCTIVITY),
        permittivity=entries.number("permittivity", q.PERMITTIVITY),
        lithium_per_volume=entries.number("lithium_per_volume", q.CONCENTRATION),
        electrons_per_lithium=entries.number("electrons_per_lithium", q.ELECTRONS),
        scatter=entries.number("scatter", q.SCATTER, zero=True),
        coverage=entries.fraction("coverage"),
    )


class OxidationCase(Section):
    """Oxidation of the electrolyte in series with the growth."""

    enabled: bool = Field(False, description="Whether this mechanism acts")


class InterphaseCase(Slow):
    """Films grow on wet oxide and on wet coatings, and resist the reaction."""

    growth: Literal["parabolic", "self_limiting"] = Field(
        "parabolic", description="By diffusion through the film, or by electrons that leak"
    )
    oxidation: OxidationCase = Field(
        OxidationCase(),
        description="In series with the growth: oxidation of the electrolyte, the faster the "
        "higher the potential of the oxide against it (Tafel)",
    )

    def mechanism(self, places: Places) -> "Interphase":
        """Return the films of a particle."""
        return Interphase(self, places)


@dataclass(frozen=True)
class FilmLaw:
    """Growth of the interphase at some points, in internal units.

    rate: k_p (um^2/s) of the parabolic law, k (um/s) of the self-limiting one. limit: s_0, um.
    unevenness: thickness of each point's patch over the mean. charge: given up by electrolyte on
    oxide per volume of film, pC/um^3, zero on a coating; of one that grows for many cycles at once
    the share of the cycle that is computed. lithium: in a volume of film, fmol/um^3. oxidation: in
    series with what passes the film, None if it limits nothing. slowness: of the oxidation in the
    present time step, s/um.
    """

    by_diffusion: bool
    initial: Floats
    rate: Floats
    limit: Floats
    unevenness: Floats
    charge: Floats
    lithium: Floats
    oxidation: Oxidation | None
    slowness: Floats

    def feel(self, potential: Floats) -> None:
        """Let the oxidation go as fast as at this potential against the liquid, V."""
        if self.oxidation is not None:
            self.slowness[:] = self.oxidation.slowness(potential)

    def grown(self, thickness: Floats, dt: float) -> Floats:
        """Thickness after dt, um; every patch grows like the mean, at its own scale."""
        covered = (self.unevenness > 0) & (thickness > 0)
        scale = np.where(covered, self.unevenness, 1.0)
        nominal = thickness / scale
        if self.by_diffusion:
            nominal = film_growth.parabolic(nominal, self.rate, self.slowness, dt)
        else:
            nominal = film_growth.self_limiting(nominal, self.rate, self.limit, self.slowness, dt)
        return np.where(covered, scale * nominal, 0.0)


def _film_law(
    section: InterphaseCase,
    seed: int,
    temperature: float,
    kinds: list[tuple[InterphaseMaterial, Booleans]],
    position: Floats,
    grain: Integers,
) -> FilmLaw:
    """Film on points of several kinds, uneven from patch to patch."""
    law = _bare_places(len(position), section.growth == "parabolic", section.oxidation.enabled)
    patch = np.floor(position / PATCH + 1e-6).astype(np.int64)
    keys = np.column_stack([patch, grain])
    covered = uniform(keys, seed)
    spread = ndtri(uniform(keys, seed + 1))
    for number, (material, place) in enumerate(kinds):
        rate = (
            material.parabolic_rate(temperature) * METRE**2
            if law.by_diffusion
            else material.limited_rate(temperature) * METRE
        )
        law.rate[place] = section.acceleration * rate / SECOND
        law.limit[place] = material.limiting_thickness * METRE
        sigma = np.sqrt(np.log1p(material.scatter**2))
        uneven = np.exp(sigma * spread - 0.5 * sigma**2) / material.coverage
        law.unevenness[place] = np.where(covered < material.coverage, uneven, 0.0)[place]
        law.initial[place] = material.initial_thickness * METRE * law.unevenness[place]
        electrons = material.lithium_per_volume * material.electrons_per_lithium * FARADAY
        on_oxide = number == 0
        drawn = electrons * COULOMB / METRE**3 / section.acceleration
        law.charge[place] = drawn if on_oxide else 0.0
        law.lithium[place] = material.lithium_per_volume * MOLE / METRE**3
        if law.oxidation is not None:
            _set_oxidation(law.oxidation, material, place, section.acceleration, temperature)
    return law


def _bare_places(n: int, by_diffusion: bool, oxidation: bool) -> FilmLaw:
    """The law of places that bear no film, whose rates are any number."""
    zeros, ones = (lambda: np.zeros(n)), (lambda: np.ones(n))
    return FilmLaw(
        by_diffusion=by_diffusion,
        initial=zeros(),
        rate=ones(),
        limit=ones(),
        unevenness=zeros(),
        charge=zeros(),
        lithium=zeros(),
        oxidation=Oxidation(ones(), ones(), ones()) if oxidation else None,
        slowness=zeros(),
    )


def _set_oxidation(
    law: Oxidation,
    material: InterphaseMaterial,
    place: Booleans,
    acceleration: float,
    temperature: float,
) -> None:
    """Give places the oxidation of a material at a temperature (K), accelerated as declared."""
    oxidation = material.oxidation
    law.rate[place] = acceleration * oxidation.rate(temperature) * METRE / SECOND
    law.reference[place] = oxidation.reference_potential
    law.scale[place] = GAS_CONSTANT * temperature / (oxidation.transfer_coefficient * FARADAY)


class Film(NamedTuple):
    """The interphase as a whole: mean thickness (um), and share of the wet area whose film is
    thicker than half of that."""

    mean: float
    coverage: float


class Interphase(Mechanism):
    """Films on each node of the outside and on each side of the boundary points."""

    name = "interphase"
    fields: ClassVar[Mapping[str, StateField]] = {
        "film": StateField("surface", "um", "thickness of the interphase", lower=0.0, slow=True),
        "oxidation": StateField(
            "surface", "pA/um^2", "current that its growth draws, per true area"
        ),
    }
    columns = (
        Column("Mean Film", "m", FILMS, "Mean thickness of the interphase over all that is wet."),
        Column(
            "Film Coverage",
            "1",
            FILMS,
            "Share of the wet area whose film is thicker than half of the mean.",
        ),
    )
    shown = (
        Shown(Array("outer film", "nm", "grains", "Film outside."), "film", NM, "outside"),
        Shown(Array("film plus", "nm", "boundaries", "Film on side '+'."), "film", NM, "plus"),
        Shown(Array("film minus", "nm", "boundaries", "Film on side '-'."), "film", NM, "minus"),
    )

    def __init__(self, section: InterphaseCase, places: Places) -> None:
        """section: what the case says."""
        self._section, self._places = section, places

    def laws(self, temperature: float) -> None:
        """Take growth and resistance at a temperature in K."""
        nodes, points = self._places.nodes, self._places.points
        bare, coated = self._places.interphases
        oxide, make = nodes.in_oxide, self._law(temperature)
        self.films = (
            make([(bare, oxide), (coated, ~oxide)], nodes.position, nodes.grain),
            make([(bare, points.plus_oxide)], points.position, points.pair[:, 0]),
            make([(bare, points.minus_oxide)], points.position, points.pair[:, 1]),
        )
        unit = OHM * METRE
        kinds = [
            (film.resistivity(temperature) * unit, film.relaxation(temperature) * SECOND)
            for film in (bare, coated)
        ]
        outside = [np.where(oxide, *pair) for pair in zip(*kinds, strict=True)]
        self._resistances = (tuple(outside), kinds[0], kinds[0])

    def _law(self, temperature: float) -> Callable[..., FilmLaw]:
        """What makes the law of films on points of several kinds."""
        return partial(_film_law, self._section, self._places.seed, temperature)

    def prepare(self, now: Now) -> None:
        """Give what is wet its first film."""
        self._cover(now.state)

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Let the films resist, and draw the current of their growth in the coming dt (s).

        At present potentials: on oxide its own against the liquid that is there; on a coating the
        collector's, from which electrons come.
        """
        films, drawn = now.state.sides("film"), now.state.sides("oxidation")
        if dt > 0.0:
            for law, film, current, potential in zip(
                self.films, films, drawn, now.potentials, strict=True
            ):
                law.feel(potential)
                growth = (law.grown(film, dt) - film) / dt
                current[:] = film_growth.oxidation_current(growth, law.charge)
        for layers, film, current, (resistivity, relaxation) in zip(
            conditions.sides, films, drawn, self._resistances, strict=True
        ):
            layers.parasitic[:] += current
            layers.add_bridged(resistivity * film, relaxation)

    def advance(self, now: Now, dt: float) -> float:
        """Let dt (s) pass as foreseen; newly wet sides then bear their first film."""
        for law, film in zip(self.films, now.state.sides("film"), strict=True):
            film[:] = law.grown(film, dt)
        self._cover(now.state)
        return 0.0

    def bound(self, now: Now, dt: float) -> float:
        """Return the lithium in the films when they have grown for dt (s), on this rank, fmol."""
        held = 0.0
        films = zip(self.films, now.state.sides("film"), self._areas(now.state), strict=True)
        for law, film, area in films:
            held += float(area @ (law.lithium * (law.grown(film, dt) if dt > 0.0 else film)))
        return held

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return thickness and coverage."""
        film = self.measure(now.state)
        return {"Mean Film": film.mean / METRE, "Film Coverage": film.coverage}

    def measure(self, state: Fields) -> Film:
        """Return the film on everything wet, by true area. Collective."""
        points, area = self._places.points, np.concatenate(self._areas(state))
        thickness = np.concatenate(list(state.sides("film")))
        total, volume = points.gathered(np.array([area.sum(), area @ thickness]))
        mean = float(volume / total) if total > 0 else 0.0
        (covered,) = points.gathered(np.array([area[thickness >= 0.5 * mean].sum()]))
        return Film(mean, float(covered / total) if total > 0 else 1.0)

    def _areas(self, state: Fields) -> tuple[Floats, Floats, Floats]:
        """True area of what is wet, of this rank: outside, plus and minus, um^2."""
        nodes, wet = self._places.nodes, self._places.points.weight * state["wetness"]
        return self._places.roughness * nodes.outer_area * nodes.owned, wet, wet

    def _cover(self, state: Fields) -> None:
        """Newly wet sides bear the film that oxide gets at once."""
        wet, nodes = state["wetness"] > 0, np.ones(len(self._places.nodes.grain), dtype=bool)
        for law, film, place in zip(
            self.films, state.sides("film"), (nodes, wet, wet), strict=True
        ):
            fresh = place & (film == 0.0)
            film[fresh] = law.initial[fresh]
