"""Books that are kept wrongly on purpose, beside the right ones of the same run."""

from collections.abc import Callable
from typing import Any

from solver.drive.simulation import Simulation
from solver.model.electrical_work import ElectricalLedger
from solver.model.electro.losses import LossMeter
from solver.model.energy import EnergyLedger


class Several:
    """Ledgers that book together; all else is that of the first."""

    def __init__(self, ledgers: list[Any]) -> None:
        self._ledgers = ledgers

    def __getattr__(self, name: str) -> Any:
        if name not in ("open", "book", "book_fatigue", "book_corrosion"):
            return getattr(self._ledgers[0], name)

        def all_of_them(*arguments: Any, **named: Any) -> None:
            for ledger in self._ledgers:
                getattr(ledger, name)(*arguments, **named)

        return all_of_them


def scaled(ledger: Any, method: str, factor: float) -> Any:
    """The ledger with one of its figures wrong by a factor."""
    right: Callable[..., Any] = getattr(ledger, method)
    setattr(ledger, method, lambda *given: factor * right(*given))
    return ledger


def stocked(ledger: EnergyLedger, name: str, factor: float) -> EnergyLedger:
    """The ledger with one of the energies that it finds in the particle wrong by a factor."""
    right = ledger._stock

    def wrong(damage: Any) -> Any:
        stock = right(damage)
        setattr(stock, name, factor * getattr(stock, name))
        return stock

    ledger._stock = wrong  # type: ignore[method-assign]
    return ledger


def keep_beside(simulation: Simulation, wrong: list[Any]) -> None:
    """Let a simulation keep these books beside its own."""
    mechanical = [ledger for ledger in wrong if isinstance(ledger, EnergyLedger)]
    electrical = [ledger for ledger in wrong if isinstance(ledger, ElectricalLedger)]
    simulation.ledger = Several([simulation.ledger, *mechanical])  # type: ignore[assignment]
    simulation.electrical = Several([simulation.electrical, *electrical])  # type: ignore[assignment]


def lossy(ledger: ElectricalLedger, method: str, factor: float) -> ElectricalLedger:
    """The ledger with one of its losses wrong by a factor."""
    meter: LossMeter = ledger._meter
    right = getattr(meter, method)

    def wrong(*given: Any) -> Any:
        found = right(*given)
        return tuple(factor * f for f in found) if isinstance(found, tuple) else factor * found

    setattr(meter, method, wrong)
    return ledger
