"""Columns that every floor speaks of: what a clock and a cycler show of a particle."""

from solver.units.columns import Column
from solver.units.groups import CLOCK, ELECTRICAL, JUMPED, LITHIUM

TEST_TIME = Column("Test Time", "s", CLOCK, "Time since the beginning of the run.")
TEMPERATURE = Column("Temperature", "K", CLOCK, "Of the body, the same everywhere.")
CYCLE_INDEX = Column("Cycle Index", "1", CLOCK, "Number of the cycle, from 1.")
JUMPED_CYCLES = Column(
    "Jumped Cycles", "1", JUMPED, "Cycles so far that were not resolved, but extrapolated."
)
STEP_INDEX = Column(
    "Step Index", "1", CLOCK, "Number of the step in the list of all steps, repeats written out."
)
PULSE_INDEX = Column(
    "Pulse Index", "1", CLOCK, "Number of the pulse in its train, from 1; 0 outside of trains."
)
STEP_TIME = Column("Step Time", "s", CLOCK, "Time since the beginning of the step.")
TIME_STEP = Column("Time Step", "s", CLOCK, "Length of the time step that ends here.")

VOLTAGE = Column(
    "Voltage",
    "V",
    ELECTRICAL,
    "Of the cell: potential of the current collector against the counter electrode.",
)
CURRENT = Column(
    "Current", "A", ELECTRICAL, "Current of the cell, positive on charge.", extensive=True
)
SPECIFIC_CURRENT = Column(
    "Specific Current", "mA.g-1", ELECTRICAL, "Current per mass of oxide, positive on charge."
)
CAPACITY = Column(
    "Capacity", "mA.h.g-1", ELECTRICAL, "Charge of the step per mass of oxide, without a sign."
)
NET_CHARGE = Column(
    "Net Charge", "mA.h.g-1", ELECTRICAL, "Charge since the beginning, discharges subtracted."
)
MEAN_OCCUPANCY = Column(
    "Mean Occupancy", "1", LITHIUM, "Lithium in the sites for it over these, none that is trapped."
)
