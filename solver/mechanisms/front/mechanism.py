"""Front: rock salt that eats its way into layered oxide which loses oxygen, resolved in space.

The equations are in `solver.physics.front`. A grain's field ends at its boundaries: a front does
not pass into the next grain by itself. Oxygen leaves at what is exposed: the outside, the
boundaries, or both; which is an input, as a thin lamella is open along its boundaries.

Metals that cross the layers limit how fast a front may go, v = l nu exp(-E(g) / k T) at the full
drive, and let the outermost layer give way, dq/dt = nu exp(-E(g) / k T) (1 - q); g is the gliding
ratio of the layers there. From a layer that has given way rock salt grows inwards. What grows is
coherent in part, and strains the lattice. Only the main oxide transforms.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries.files import MaterialError
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, MechanismCase, MechanismError, Shown
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.front.material import FrontMaterial
from solver.mechanisms.front.step import BetweenEquilibria, Fixed, FrontFields, FrontSystem
from solver.mechanisms.layers import sides_of
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.physics import front
from solver.units import usual
from solver.units.columns import Array, Column
from solver.units.constants import METRE, PASCAL, SECOND
from solver.units.fields import StateField
from solver.units.groups import FRONT
from solver.units.measures import Length

Floats = npt.NDArray[np.floating]
FIRST, SHORTEST = 1e-3, 1e-12  # s, steps of the fields
GROWTH, CUT, SAFETY, TOO_FAR = 1.5, 0.4, 0.9, 1.5
ROUNDING = 1e-11  # of the energy that a step moves
ASLEEP = 1e-9  # steps in which nothing could change by more are not taken


class FrontCase(MechanismCase):
    """Rock salt grows into oxide that loses oxygen. What is not given is the main oxide's."""

    of_oxides: ClassVar[Callable[[Entries], FrontMaterial | None]] = FrontMaterial.read
    references: ClassVar[tuple[str, ...]] = ("allen1979",)

    outside: bool = Field(True, description="Whether oxygen leaves at the outside")
    boundaries: bool = Field(False, description="Whether oxygen leaves along the boundaries")
    width: Annotated[Length | None, usual.FILM] = Field(
        None,
        gt=0,
        description="Of the front, from 0.1 to 0.9; the mesh must resolve it",
        examples=["4 nm"],
    )
    rate_ratio: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Of oxygen's hops, across over within the layers",
        examples=[0.1],
    )
    coherent: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Share of the misfit that does not relax at once",
        examples=[0.5],
    )
    gliding: bool = Field(True, description="Whether gliding of the layers lowers the barrier")
    largest_change: float = Field(
        0.1, gt=0, le=0.5, description="Of the field at any node in one of its own steps"
    )

    def require(self, oxide: Any, temperature: float) -> None:
        """Raise MaterialError unless it is known what the front in an oxide is made of."""
        self.law(oxide)

    def law(self, oxide: Any) -> FrontMaterial:
        """Return what the front in an oxide is made of; MaterialError."""
        given = oxide.entries["front"]
        if given is None:
            raise MaterialError(f"{oxide.name} has no entry front, which physics.front needs")
        names = ("width", "rate_ratio", "coherent")
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return FrontMaterial(**(given._asdict() | said))

    def cautions(self, plan: Any) -> list[str]:
        """Say that the front is as wide as it is said to be."""
        return [
            "caution: the width of physics.front is an input, which the mesh must resolve with "
            "cells of a third of it; how much vacuum drives it is assumed"
        ]

    def mechanism(self, places: Places) -> "Front":
        """Return the front in the grains of the main oxide."""
        return Front(self, self.law(places.oxides[0]), places)


class Front(Mechanism):
    """Moves the field of rock salt and oxygen, and strains the lattice."""

    name = "front"
    strains = True
    fields: ClassVar[Mapping[str, StateField]] = {
        "front": StateField("node", "1", "rock salt of a resolved front, 0 layered, 1 rock salt"),
        "oxygen": StateField("node", "1", "oxygen, of what the layered lattice has"),
        "given_way": StateField("node", "1", "share of the outermost layer that has", lower=0.0),
        "oxygen_gone": StateField("one", "um^3", "that has left, as volume of layered lattice"),
        "front_dissipated": StateField("one", "pJ", "what the fields have lost of their energy"),
        "front_step": StateField("one", "s", "length of their next step", lower=0.0),
    }
    columns = (
        Column("Front Fraction", "1", FRONT, "Share of the oxide that is rock salt."),
        Column("Front Fraction Most", "1", FRONT, "The same of the grain that has most of it."),
        Column("Front Fraction Least", "1", FRONT, "The same of the grain that has least."),
        Column(
            "Front Depth", "m", FRONT, "Of the rock salt that is farthest from what is exposed."
        ),
        Column("Released Oxygen", "1", FRONT, "What has left, of what the layered oxide had."),
        Column("Oxygen Error", "1", FRONT, "By how much the oxide lacks more or less than that."),
        Column("Front Energy", "J.m-3", FRONT, "Of fronts and oxygen's gradients, mean of oxide."),
        Column("Front Dissipation", "J.m-3", FRONT, "What fronts have dissipated, mean of oxide."),
    )
    shown = (
        Shown(Array("front", "1", "grains", "Resolved front: 0 layered, 1 rock salt."), "front"),
        Shown(Array("oxygen", "1", "grains", "Of what the layered lattice has."), "oxygen"),
    )

    def __init__(self, section: FrontCase, law: FrontMaterial, places: Places) -> None:
        """law: of the main oxide."""
        self._section, self._law, self._places = section, law, places
        nodes = places.nodes
        main = (places.oxide == 0).astype(float)
        self._main = (places.oxide[nodes.grain] == 0) & nodes.in_oxide
        self._volume = nodes.volume * self._main * nodes.owned
        coupling = nodes.coupling(main, law.rate_ratio)
        exposed, leaving = self._exposed()
        self._depth = nodes.distance(exposed > 0)
        layer = law.layer * METRE
        fixed = Fixed(nodes.volume, exposed, leaving / layer, layer)
        self._system = FrontSystem(law.energy(), coupling, fixed, places.points.largest)

    def _exposed(self) -> tuple[Floats, Floats]:
        """Exposed area of the nodes, and the same times what hops across it are of those in layers.

        Collective.
        """
        places, points = self._places, self._places.points
        easy, *eased = (side.eased(self._law.rate_ratio) for side in sides_of(places))
        outer = float(self._section.outside) * places.nodes.outer_area * self._main
        inner = float(self._section.boundaries)
        sides = [inner * self._main[node] for node in (points.plus_node, points.minus_node)]
        area = points.to_nodes(*sides)
        easily = points.to_nodes(*(side * ease for side, ease in zip(sides, eased, strict=True)))
        return outer + area, outer * easy + easily

    def laws(self, temperature: float) -> None:
        """Take the hops of oxygen at a temperature in K."""
        barrier, attempt = np.array(self._law.vacancy_barrier), self._law.attempt / SECOND
        hop = float(front.hops(barrier, attempt, temperature))
        self._diffusivity = front.vacancy_diffusivity(hop, self._law.spacing * METRE)

    def prepare(self, now: Now) -> None:
        """Start from layered oxide with all of its oxygen."""
        now.state["front"][:] = now.state["given_way"][:] = 0.0
        now.state["oxygen"][:] = 1.0
        now.state["front_step"][:] = FIRST

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Strain the lattice by what has not relaxed of the misfit."""
        share = front.share(now.state["front"])
        for strain, misfit in zip(
            (conditions.strain_a, conditions.strain_c), self._misfit(), strict=True
        ):
            strain[:] += misfit * share

    def _misfit(self) -> tuple[float, float]:
        """Misfit of all rock salt that has not relaxed, within and across the layers."""
        law = self._law
        return law.coherent * law.misfit_a, law.coherent * law.misfit_c

    def advance(self, now: Now, dt: float) -> float:
        """Let dt (s) have passed in steps of the fields' own; return their largest change."""
        state, hop = now.state, self._hops(now)
        before, moment = state["front"].copy(), self._moment(now, hop)
        if self._asleep(hop, moment, dt):
            return 0.0
        left, h = dt, self._step_of(now)
        while left > dt * 1e-12:
            taken, h = self._one_step(now, moment, hop, min(h, left), h)
            left -= taken
        state["front_step"][:] = h
        return float(np.max(abs(state["front"] - before), initial=0.0))

    def _hops(self, now: Now) -> Floats:
        """How often metals cross the layers at the nodes, 1/s. Collective."""
        shear = now.lattice_shear if self._section.gliding else np.zeros(len(self._main))
        barrier = self._law.barrier.sheared(shear)
        return front.hops(barrier, self._law.attempt / SECOND, now.temperature)

    def _moment(self, now: Now, hop: Floats) -> BetweenEquilibria:
        """What the steps from this equilibrium have in common. Collective."""
        a, c = self._misfit()
        ones, (work_a, work_c) = np.ones(len(self._main)), now.lattice_work
        return BetweenEquilibria(
            mobility=front.mobility(hop * self._law.layer * METRE, self._system.energy),
            diffusivity=self._diffusivity,
            start=front.share(now.state["front"]),
            work=a * work_a + c * work_c,
            stiff=2.0 * now.lattice_energy(a * ones, c * ones),
        )

    def _asleep(self, hop: Floats, moment: BetweenEquilibria, dt: float) -> bool:
        """Whether nothing can happen within dt (s): cold oxide is let alone. Collective."""
        layer = self._law.layer * METRE
        fastest = max(self._places.points.largest(hop), moment.diffusivity / layer**2)
        return bool(fastest * dt < ASLEEP)

    def _step_of(self, now: Now) -> float:
        """Length of the next step, s, on every rank. Collective."""
        local = now.state["front_step"]
        return self._places.points.largest(local if len(local) else np.zeros(1)) or FIRST

    def _one_step(
        self, now: Now, moment: BetweenEquilibria, hop: Floats, h: float, wanted: float
    ) -> tuple[float, float]:
        """Take a step of at most h (s); return its length and that of the next. Collective."""
        system, state, limit = self._system, now.state, self._section.largest_change
        old = FrontFields(state["front"].copy(), self._lack(state["front"], state["oxygen"]))
        while h > SHORTEST:
            given = 1.0 - (1.0 - state["given_way"]) * np.exp(-hop * h)
            new = system.step(old, given, moment, h)
            if new is not None:
                change = float(f"{self._places.points.largest(abs(new.phi - old.phi)):.3g}")
                fallen, right = self._fallen(old, new, given, moment)
                if right and change <= TOO_FAR * limit:
                    self._take(now, new, given, moment, h, fallen)
                    factor = min(GROWTH, max(CUT, SAFETY * limit / max(change, 1e-12)))
                    return h, max(wanted, h * factor) if factor > 1 and h < wanted else h * factor
            h = wanted = CUT * h
        raise MechanismError(f"steps of {SHORTEST:g} s are too long for the front of rock salt")

    def _lack(self, phi: Floats, oxygen: Floats) -> Floats:
        """m of both fields of the state."""
        return np.asarray(oxygen - 1.0 + self._system.energy.lacking(phi))

    def _fallen(
        self, old: FrontFields, new: FrontFields, given: Floats, moment: BetweenEquilibria
    ) -> tuple[float, bool]:
        """By how much the energy falls in a step, pJ, and whether it does. Collective."""
        own = self._places.nodes.owned & self._main
        before, after = (self._system.local_energy(pair, given, moment)[own] for pair in (old, new))
        size = abs(before).sum() + abs(after).sum()
        sums = np.array([(before - after).sum(), size])
        fallen, size = map(float, self._places.points.gathered(sums))
        return fallen, fallen >= -ROUNDING * size

    def _take(
        self,
        now: Now,
        new: FrontFields,
        given: Floats,
        moment: BetweenEquilibria,
        h: float,
        fallen: float,
    ) -> None:
        """Keep what a step has led to, and count what has left. Collective."""
        state, own = now.state, self._places.nodes.owned
        state["front"], state["given_way"] = new.phi, given
        state["oxygen"] = self._system.oxygen(new)
        left = float((self._system.leaving(new, moment) * own).sum())
        state["oxygen_gone"] += h * float(self._places.points.gathered(np.array([left]))[0])
        state["front_dissipated"] += fallen

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return how far the front has come, and what it has cost. Collective."""
        state, volume, points = now.state, self._volume, self._places.points
        phi, oxygen = state["front"], state["oxygen"]
        salt = volume * front.share(phi)
        of_grains = self._places.of_grains(salt, volume)
        shares = of_grains[0][of_grains[1] > 0] / of_grains[1][of_grains[1] > 0]
        gone, dissipated = (self._one(now, name) for name in ("oxygen_gone", "front_dissipated"))
        sums = [volume.sum(), salt.sum(), volume @ (1.0 - oxygen), self._stored(now)]
        whole, grown, lacking, stored = map(float, points.gathered(np.array(sums)))
        deep = np.where((phi >= 0.5) & np.isfinite(self._depth), self._depth, 0.0)
        return {
            "Front Fraction": grown / whole,
            "Front Fraction Most": float(shares.max()),
            "Front Fraction Least": float(shares.min()),
            "Front Depth": points.largest(deep) / METRE,
            "Released Oxygen": gone / whole,
            "Oxygen Error": abs(lacking - gone) / whole,
            "Front Energy": stored / whole / PASCAL,
            "Front Dissipation": dissipated / whole / PASCAL,
        }

    def _one(self, now: Now, name: str) -> float:
        """A field that is one number and never negative, on every rank. Collective."""
        local = now.state[name]
        return self._places.points.largest(local if len(local) else np.zeros(1))

    def _stored(self, now: Now) -> float:
        """Energy of the fronts and of oxygen's gradients on this rank, pJ. Collective."""
        energy, phi = self._system.energy, now.state["front"]
        lack = self._lack(phi, now.state["oxygen"])
        local = energy.height * front.well(phi) + 0.5 * energy.stiffness * lack**2
        bent = 0.5 * energy.gradient * phi * self._system.coupling.first(phi)
        return float(self._volume @ local + bent[self._places.nodes.owned & self._main].sum())
