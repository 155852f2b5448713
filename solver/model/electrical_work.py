"""Books of the electrical work: what the cell's source supplies, and where it goes, in pJ.

Over any time, at one temperature,

    integral of V dQ  =  -F c_max sum_k m_k integral of U dx_k  +  work of swelling  +  losses.

The first term on the right is what the lithium has gained in chemical energy (m_k: volume of node
k, U: without stress), the second what the stress in the equilibrium potential hands on to the
mechanics, -integral of s : D e_ch, and the third is summed by the laws of the surfaces and of
transport (`losses`). Each side is computed by itself: nothing closes the balance. Stress at the
nodes does not quite the work of that in the cells: the difference is of second order in their size.
The balance is one of thermodynamics only where the stress acts on the potential as the swelling
acts on the stress (`physics.stress_in_potential`), and where surfaces meet their laws point by
point.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from solver.constants import FARADAY_INTERNAL
from solver.model.build import Model, collector_potential
from solver.model.electro.losses import Losses, LossMeter

Floats = npt.NDArray[np.floating]


@dataclass
class ElectricalEnergies:
    """Since the beginning, pJ: work supplied, chemical energy gained, losses."""

    work: float = 0.0
    chemical: float = 0.0
    losses: Losses = field(default_factory=Losses)


class ElectricalLedger:
    """Keeps the books of a model's electrical work; `open` once, then `book` after every step."""

    def __init__(self, model: Model) -> None:
        self._model, self._meter = model, LossMeter(model.electro, model.particle)
        physics, flux = model.case.physics, model.case.electrode.flux
        two_way = physics.stress_in_potential.enabled or not physics.swelling.enabled
        self._closes = two_way and flux == "reaction"
        n_owned = model.spaces.scalar.dofmap.index_map.size_local
        sites = model.electro.sites(model.mechanics.node_volume)
        self._charge = FARADAY_INTERNAL * np.where(np.arange(len(sites)) < n_owned, sites, 0.0)
        self.energies = ElectricalEnergies()
        self._missing = self._used = 0.0

    def open(self) -> None:
        """Begin from the present state. Collective."""
        self._last = self._meter.start(collector_potential(self._model))
        self._occupancy = self._model.electro.occupancy()

    def book(self, dt: float, swelling_work: float) -> None:
        """Book the step of dt (s) that has led to the present state. Collective.

        swelling_work: of all steps so far, by the books of the mechanics, pJ.
        """
        voltage = collector_potential(self._model)
        now, before = self._meter.moment(voltage), self._last.collector
        charge = self._model.electro.total_current() * dt
        self.energies.work += 0.5 * (voltage + before) * charge
        self.energies.chemical += self._chemical()
        self.energies.losses.add(self._meter.lost(self._last, now, dt))
        self._last = now
        self._occupancy = self._model.electro.occupancy()
        used = self.energies.losses.total() + swelling_work
        missing = self.energies.work - self.energies.chemical - used
        self._used, self._missing = max(self._used, abs(used)), max(self._missing, abs(missing))

    def error(self) -> float:
        """The most that the balance has missed over the most that losses and work of swelling were.

        Both since the beginning; nan where there is no balance.
        """
        if not self._closes:
            return float("nan")
        return self._missing / self._used if self._used > 0 else 0.0

    def _chemical(self) -> float:
        """-F c_max integral of U dx in this step, by Simpson's rule at every node. Collective."""
        electro, start = self._model.electro, self._occupancy
        end, potential = electro.occupancy(), electro.properties.potential.value
        mean = (potential(start) + 4 * potential((start + end) / 2) + potential(end)) / 6
        local = -float(self._charge @ (mean * (end - start)))
        return float(self._model.comm.allreduce(local))
