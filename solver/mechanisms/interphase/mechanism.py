"""Interphase: films that grow on wet oxide and on wet coatings, and resist the reaction.

How they grow is in `solver.physics.film_growth`. The resistance of a film is rho s.

Films need room. Between two sides there is what stands open and what has dissolved,

    room = max(gap - h, 0) + receded - filled,

where the liquid keeps the width h that it has in a boundary that has not opened. The film on either
side gets half of that at most; one that a closing gap leaves no room for stays as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.mechanisms.base import Mechanism, Shown, Slow
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.interphase.films import FilmLaw, Growing, film_law
from solver.mechanisms.now import Fields, Now
from solver.mechanisms.places import Places
from solver.physics import film_growth
from solver.units.columns import Array, Column
from solver.units.constants import (
    METRE,
    OHM,
    SECOND,
)
from solver.units.fields import StateField
from solver.units.groups import FILMS
from solver.units.section import Section

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
Booleans = npt.NDArray[np.bool_]
NM = 1e9 / METRE  # nm in a um


class OxidationCase(Section):
    """Oxidation of the electrolyte in series with the growth."""

    enabled: bool = Field(False, description="Whether this mechanism acts")


class ConfinementCase(Section):
    """Films in boundaries grow no thicker than what stands open between the sides."""

    enabled: bool = Field(True, description="Whether this mechanism acts")


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
    confinement: ConfinementCase = ConfinementCase()

    def mechanism(self, places: Places) -> "Interphase":
        """Return the films of a particle."""
        return Interphase(self, places)


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
        self._least_liquid = places.boundaries["liquid"].thickness * METRE  # h
        outside, between = len(places.nodes.grain), len(places.points.weight)
        self._most = [np.full(n, np.inf) for n in (outside, between, between)]  # to grow to, um

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
        section = self._section
        growing = Growing(
            section.growth == "parabolic", section.oxidation.enabled, section.acceleration
        )
        return partial(film_law, growing, self._places.seed, temperature)

    def prepare(self, now: Now) -> None:
        """Give what is wet its first film."""
        self._confine(now)
        self._cover(now.state)

    def _confine(self, now: Now, dissolved: Floats | float = 0.0) -> None:
        """Let films between two sides have the room there is; each as much. dissolved: um."""
        if self._section.confinement.enabled:
            room = np.maximum(now.gap - self._least_liquid, 0.0) + dissolved
            for most in self._most[1:]:
                most[:] = 0.5 * room

    def _grown(self, films: Sequence[Floats], dt: float) -> list[Floats]:
        """Thickness of the films of outside, plus and minus after dt (s), um, if there is room."""
        return [
            np.minimum(law.grown(film, dt), np.maximum(film, most))
            for law, film, most in zip(self.films, films, self._most, strict=True)
        ]

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Let the films resist and fill, and draw the current of their growth in the coming dt (s).

        At present potentials: on oxide its own against the liquid that is there; on a coating the
        collector's, from which electrons come.
        """
        films, drawn = now.state.sides("film"), now.state.sides("oxidation")
        self._confine(now, conditions.receded - conditions.filled)
        if dt > 0.0:
            for law, potential in zip(self.films, now.potentials, strict=True):
                law.feel(potential)
            after = self._grown(films, dt)
            for law, film, grown, current in zip(self.films, films, after, drawn, strict=True):
                current[:] = film_growth.oxidation_current((grown - film) / dt, law.charge)
        for layers, film, current, (resistivity, relaxation) in zip(
            conditions.sides, films, drawn, self._resistances, strict=True
        ):
            layers.parasitic[:] += current
            layers.add_bridged(resistivity * film, relaxation)
        if self._section.confinement.enabled:
            conditions.filled[:] += films[1] + films[2]

    def advance(self, now: Now, dt: float) -> float:
        """Let dt (s) pass as foreseen; newly wet sides then bear their first film."""
        films = now.state.sides("film")
        for film, grown in zip(films, self._grown(films, dt), strict=True):
            film[:] = grown
        self._cover(now.state)
        return 0.0

    def bound(self, now: Now, dt: float) -> float:
        """Return the lithium in the films when they have grown for dt (s), on this rank, fmol."""
        films: Sequence[Floats] = now.state.sides("film")
        films = self._grown(films, dt) if dt > 0.0 else films
        every = zip(self.films, films, self._areas(now.state), strict=True)
        return sum(float(area @ (law.lithium * film)) for law, film, area in every)

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
        for law, film, place, most in zip(
            self.films, state.sides("film"), (nodes, wet, wet), self._most, strict=True
        ):
            fresh = place & (film == 0.0)
            film[fresh] = np.minimum(law.initial, most)[fresh]
