"""The mechanisms of a model: what they make of the next step, and what they do after one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from solver.mechanisms import Conditions, Mechanism, Places
from solver.mechanisms.base import Shares
from solver.model.now import Present
from solver.physics import cohesive


@dataclass(frozen=True)
class SlowPhysics:
    """Mechanisms in the order in which they act, and the conditions that they have made."""

    places: Places
    mechanisms: tuple[Mechanism, ...]
    conditions: Conditions

    def __getitem__(self, name: str) -> Mechanism:
        """Return the mechanism of a name; KeyError if it does not act."""
        return {mechanism.name: mechanism for mechanism in self.mechanisms}[name]

    def laws(self, temperature: float) -> None:
        """Take all laws as they are at a temperature in K."""
        for mechanism in self.mechanisms:
            mechanism.laws(temperature)

    def prepare(self, now: Present) -> None:
        """Act on the fresh particle. Collective."""
        for mechanism in self.mechanisms:
            mechanism.prepare(now)
        self.weaken(now)

    def begin(self, now: Present) -> None:
        """Take note of an equilibrium to which no step has led. Collective."""
        for mechanism in self.mechanisms:
            mechanism.begin(now)

    def settle(self, now: Present) -> None:
        """Pass on what cycles that were not resolved have put beyond its limits. Collective."""
        for mechanism in self.mechanisms:
            mechanism.settle(now)

    def modify(self, now: Present, dt: float = 0.0) -> Conditions:
        """Return what the coming step of dt (s) meets, or the present moment. Collective."""
        self.conditions.reset()
        for mechanism in self.mechanisms:
            mechanism.modify(now, dt, self.conditions)
        return self.conditions

    def advance(self, now: Present, dt: float, book: Callable[[str], None]) -> float:
        """Let dt (s) have passed; return the largest damage of any place. Collective.

        book: called with the name of each mechanism that takes energy from the bonds, after it has.
        """
        boundaries, before, largest = now.spaces.boundaries, now.damage, 0.0
        remember_opening(now)
        for mechanism in self.mechanisms:
            largest = max(largest, mechanism.advance(now, dt))
            if mechanism.energy is None:
                continue
            self._weaken_further(now, mechanism)
            book(mechanism.name)
            remember_opening(now)
        grown = np.maximum(now.damage - before, largest)
        return boundaries.maximum(grown if len(grown) else np.array([largest]))

    def _weaken_further(self, now: Present, mechanism: Mechanism) -> None:
        """Weaken the bonds by what a mechanism has done; no bond gets stiffer by that.

        Where toughness falls faster than strength, damage grows with it.
        """
        if mechanism.weaken(now) is None:
            return
        before, damage = now.strength, now.state["damage"]
        self.weaken(now)
        damage[:] = np.maximum(damage, cohesive.same_loss(damage, before, now.strength))

    def bound(self, now: Present, dt: float = 0.0) -> float:
        """Lithium of the cell that mechanisms hold when dt (s) have passed, fmol. Collective."""
        local = sum(mechanism.bound(now, dt) for mechanism in self.mechanisms)
        return float(now.spaces.boundaries.comm.allreduce(float(local)))

    def weaken(self, now: Present) -> None:
        """Give the bonds the strength that all mechanisms leave them."""
        shares = [mechanism.weaken(now) for mechanism in self.mechanisms]
        left = [share for share in shares if share is not None]
        if left:
            now.mechanics.resistance.weaken(*_product(left))


def remember_opening(now: Present) -> None:
    """Keep the largest normal gap so far of each boundary point."""
    largest = now.state["max_opening"]
    largest[:] = np.maximum(largest, now.gap)


def _product(shares: Sequence[Shares]) -> Shares:
    """Return what is left where several mechanisms act."""
    strength, toughness = shares[0]
    for share in shares[1:]:
        strength, toughness = strength * share.strength, toughness * share.toughness
    return Shares(strength, toughness)
