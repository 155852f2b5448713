"""Headers of the columns that figures and tables choose by name, each written once.

All else is drawn by its group (`solver.units.groups`), as `columns.json` of the run tells it.
"""

from solver.units import instruments

TEST_TIME = instruments.TEST_TIME.header
CYCLE_INDEX = instruments.CYCLE_INDEX.header
JUMPED_CYCLES = instruments.JUMPED_CYCLES.header
STEP_INDEX = instruments.STEP_INDEX.header
PULSE_INDEX = instruments.PULSE_INDEX.header
STEP_TIME = instruments.STEP_TIME.header
VOLTAGE = instruments.VOLTAGE.header
SPECIFIC_CURRENT = instruments.SPECIFIC_CURRENT.header
NET_CHARGE = instruments.NET_CHARGE.header
MEAN_OCCUPANCY = instruments.MEAN_OCCUPANCY.header

CRACKED = "Cracked Fraction / 1"
SOFTENED = "Softened Fraction / 1"
HALF_SOFTENED = "Half Softened Fraction / 1"
MEAN_DAMAGE = "Mean Damage / 1"
LARGEST_OPENING = "Largest Opening / m"
CRACKED_GRAINS = "Cracked Grain Fraction / 1"
CRACKS = "Cracks / 1"
CONNECTED = "Connected Crack Fraction / 1"
MEAN_WIDTH = "Mean Crack Width / m"
LARGEST_WIDTH = "Largest Crack Width / m"
WET_AREA = "Wet Area / m2.g-1"
MEAN_FILM = "Mean Film / m"
ROCK_SALT = "Mean Rock Salt / m"
FILM_COVERAGE = "Film Coverage / 1"
TEMPERATURE = instruments.TEMPERATURE.header
BOUNDARY_GLIDING = "Boundary Gliding / 1"
BOUNDARY_RELEASE = "Boundary Release / m"
HEAT, HEAT_FLOW = "Released Heat / J.g-1", "Heat Flow / W.g-1"
FILM_CHARGE = "Film Charge / mA.h.g-1"
LOAD_FACTOR = "Load Factor / 1"

# Names of columns whose headers hang on the depth of the body.
ELASTIC, SWELLING_WORK, MISFIT_WORK = "Elastic Energy", "Swelling Work", "Misfit Work"
EXTERNAL_WORK = "External Work"
FORCE, DISPLACEMENT = "Force", "Displacement"
MEAN_STRESS, MEAN_STRAIN = "Mean Stress", "Mean Strain"

# Of the tables of cycles, sweeps, pulses and spectra.
CHARGE_CAPACITY = "Charge Capacity / mA.h.g-1"
DISCHARGE_CAPACITY = "Discharge Capacity / mA.h.g-1"
CHARGE_VOLTAGE = "Mean Charge Voltage / V"
DISCHARGE_VOLTAGE = "Mean Discharge Voltage / V"
COULOMBIC_EFFICIENCY = "Coulombic Efficiency / 1"
INVENTORY = "Lithium Inventory / 1"
CAPACITY_LOSS = "Capacity Loss / mA.h.g-1"
UNEXPLAINED_LOSS = "Unexplained Loss / mA.h.g-1"
REFERENCE_CYCLE = "Reference Cycle / 1"
DISCHARGE_RATE = "Discharge Rate / 1"
CHECK_CYCLE = "Check Cycle / 1"
COMPLETE_CYCLE = "Complete Cycle / 1"
ROUND = "Round / 1"
DIRECTION = "Direction / 1"
SWEEP_RATE = "Sweep Rate / V.s-1"
PEAK_POTENTIAL = "Peak Potential / V"
PEAK_CURRENT = "Peak Specific Current / mA.g-1"
VOLTAGE_BEFORE = "Voltage Before / V"
OCCUPANCY_BEFORE = "Occupancy Before / 1"
OCCUPANCY_AFTER = "Occupancy After / 1"
DIFFUSIVITY = "Apparent Diffusivity / m2.s-1"
DIFFUSION_LENGTH = "Diffusion Length / m"
POLARIZATION = "Polarization / V"
JUMP = "Jump / V"
SPECTRUM_INDEX = "Spectrum Index / 1"
FREQUENCY = "Frequency / Hz"
REAL_IMPEDANCE = "Real Impedance / ohm.m2"
IMAGINARY_IMPEDANCE = "Imaginary Impedance / ohm.m2"
ARC_WIDTH = "Arc Width / ohm.m2"

# Of arrays on the maps.
MAP_OCCUPANCY = "occupancy"
MAP_DISPLACEMENT = "displacement / um"
MAP_TENSION = "first principal stress / MPa"
MAP_VON_MISES = "von mises stress / MPa"
MAP_GRAIN_CRACK = "grain crack"
MAP_OPENING = "opening / nm"
MAP_DAMAGE = "damage"
MAP_WETNESS = "wetness"
MAP_GRAIN = "grain"
