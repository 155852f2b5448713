"""What a protocol step goes by: voltage, current, and time and charge of its phase."""

from solver.model.build import Model, cell_voltage
from solver.protocol.phases import Reading
from solver.solve.clock import Clock


def read_instruments(model: Model, clock: Clock) -> Reading:
    """Voltage, current, and time and charge of the phase. Collective."""
    return Reading(
        cell_voltage(model),
        model.electro.total_current(),
        clock.phase_time,
        clock.phase_charge,
        temperature=model.temperature,
    )
