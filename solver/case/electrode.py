"""How the particle sits in its electrode, and what faces it in the cell."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from solver.units import usual
from solver.units.measures import Quantity, Voltage
from solver.units.section import Section

AreaConductance = Annotated[float, Quantity("a conductance per area", "S/m^2", "1e3 S/m^2")]


class BalanceCase(Section):
    """How much lithium a counter electrode takes, and how much it has.

    Its capacity, from empty to full, is `ratio` times that of the oxide at equilibrium between two
    of the oxide's own potentials at 25 degC.
    """

    ratio: float = Field(
        1.2, gt=0, le=100, description="N/P: its capacity over that of the oxide in the window"
    )
    lower: Annotated[Voltage, usual.VOLTAGE] = Field(
        2.7, gt=0, lt=6, description="Where the oxide is full, against lithium metal"
    )
    upper: Annotated[Voltage, usual.VOLTAGE] = Field(
        4.5, gt=0, lt=6, description="Where the oxide is empty, against lithium metal"
    )
    occupancy: float = Field(
        0.002,
        gt=0,
        lt=1,
        description="Share of its sites that is filled at the beginning; as it was made: none, for "
        "which it has no potential",
    )

    @model_validator(mode="after")
    def _window(self) -> Self:
        if not self.lower < self.upper:
            raise ValueError(f"lower {self.lower:g} V is not below upper {self.upper:g} V")
        return self


class ElectrodeCase(Section):
    """How the particle sits in its electrode, and what faces it in the cell."""

    contact: Annotated[AreaConductance | None, usual.CONDUCTANCE] = Field(
        None,
        gt=0,
        description="Electrons from the conducting additive into the outside, per geometric area; "
        "default: the oxide's",
    )
    flux: Literal["reaction", "uniform"] = Field(
        "reaction",
        description="How the current spreads over the outside: as the reaction lets it, or evenly, "
        "without electrolyte inside the particle: the usual simplification, for comparison",
    )
    counter: Literal["lithium", "graphite"] = Field(
        "lithium",
        description="What faces the particle: lithium metal that never ends (half cell), or "
        "materials.counter with the lithium that there is (full cell)",
    )
    balance: BalanceCase | None = Field(
        None, description="Of a full cell: how much the counter electrode takes"
    )

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        if self.counter == "lithium" and self.balance is not None:
            raise ValueError("lithium metal never ends: balance is for counter: graphite")
        return self

    def balanced(self) -> BalanceCase | None:
        """Return the balance of a full cell, None of a half cell."""
        return None if self.counter == "lithium" else self.balance or BalanceCase()
