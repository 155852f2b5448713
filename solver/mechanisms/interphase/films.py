"""How films grow at points: each patch like the mean film, at a scale of its own."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from solver.mechanisms.interphase.material import InterphaseMaterial
from solver.physics import film_growth
from solver.physics.film_growth import Oxidation
from solver.units.constants import COULOMB, FARADAY, GAS_CONSTANT, METRE, MOLE, SECOND
from solver.units.scatter import uniform

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
Booleans = npt.NDArray[np.bool_]
PATCH = 0.2  # um, over which a film is even


class Growing(NamedTuple):
    """Which law films follow: by diffusion or self-limiting, in series with oxidation or not.

    acceleration: factor on its speed.
    """

    by_diffusion: bool
    by_oxidation: bool
    acceleration: float


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


def film_law(
    growing: Growing,
    seed: int,
    temperature: float,
    kinds: list[tuple[InterphaseMaterial, Booleans]],
    position: Floats,
    grain: Integers,
) -> FilmLaw:
    """Return the law of films on points of several kinds, uneven from patch to patch.

    temperature: K. kinds: what grows, and whether at each point; that on oxide first. position:
    (points, d), um. grain: of each point.
    """
    law = _bare_places(len(position), growing.by_diffusion, growing.by_oxidation)
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
        law.rate[place] = growing.acceleration * rate / SECOND
        law.limit[place] = material.limiting_thickness * METRE
        sigma = np.sqrt(np.log1p(material.scatter**2))
        uneven = np.exp(sigma * spread - 0.5 * sigma**2) / material.coverage
        law.unevenness[place] = np.where(covered < material.coverage, uneven, 0.0)[place]
        law.initial[place] = material.initial_thickness * METRE * law.unevenness[place]
        electrons = material.lithium_per_volume * material.electrons_per_lithium * FARADAY
        on_oxide = number == 0
        drawn = electrons * COULOMB / METRE**3 / growing.acceleration
        law.charge[place] = drawn if on_oxide else 0.0
        law.lithium[place] = material.lithium_per_volume * MOLE / METRE**3
        if law.oxidation is not None:
            _set_oxidation(law.oxidation, material, place, growing.acceleration, temperature)
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
