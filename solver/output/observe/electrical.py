"""What a cycler shows: voltage, current, charge."""

from solver.model.build import Model, cell_voltage
from solver.output.observe.now import BodyNow
from solver.units.constants import AMPERE, COULOMB
from solver.units.instruments import CAPACITY, CURRENT, NET_CHARGE, SPECIFIC_CURRENT, VOLTAGE

MAH_PER_GRAM = 3.6  # C/g

columns = (VOLTAGE, CURRENT, SPECIFIC_CURRENT, CAPACITY, NET_CHARGE)


def observe(now: BodyNow) -> dict[str, float]:
    """Voltage, current and charge."""
    model, clock = now.model, now.clock
    current, per_charge = model.electro.total_current(), to_capacity(model)
    return {
        VOLTAGE.title: cell_voltage(model),
        CURRENT.title: current / AMPERE,
        SPECIFIC_CURRENT.title: current / AMPERE / model.extent.mass,
        CAPACITY.title: abs(clock.step_charge) * per_charge,
        NET_CHARGE.title: clock.net_charge * per_charge,
    }


def to_capacity(model: Model) -> float:
    """Return the factor from a charge, pC, to mA h/g."""
    return 1.0 / (COULOMB * model.extent.mass * 1e3 * MAH_PER_GRAM)
