"""Figures of merit that a study can ask for by a word, and entries of `summary.json`."""

from solver.results import headers

TABLES = ("history", "cycles", "losses", "sweeps")
RETENTION = "retention"
# Words for what is asked most: column, which of its rows, table
COLUMNS = {
    "cracked": (headers.CRACKED, "last", "history"),
    "softened": (headers.SOFTENED, "last", "history"),
    "half_softened": (headers.HALF_SOFTENED, "last", "history"),
    "damage": (headers.MEAN_DAMAGE, "last", "history"),
    "cracks": (headers.CRACKS, "last", "history"),
    "crack_width": (headers.LARGEST_WIDTH, "max", "history"),
    "mean_crack_width": (headers.MEAN_WIDTH, "max", "history"),
    "opening": (headers.LARGEST_OPENING, "max", "history"),
    "wet_area": (headers.WET_AREA, "last", "history"),
    "charge_capacity": (headers.CHARGE_CAPACITY, "last", "cycles"),
    "discharge_capacity": (headers.DISCHARGE_CAPACITY, "last", "cycles"),
    "coulombic_efficiency": (headers.COULOMBIC_EFFICIENCY, "last", "cycles"),
}
SUMMARY = {  # entries of summary.json with their units, those that no column has
    "boundary.first_charge_cracked_fraction": "1",
    "cracks.first_time_s": "s",
    "cracks.area_m2_per_g": "m2.g-1",
    "cracks.connected_fraction": "1",
    "cracks.radial_alignment": "1",
    "voltage.mean_charge_V": "V",
    "voltage.mean_discharge_V": "V",
    "occupancy.lowest": "1",
    "occupancy.highest": "1",
    "energy_error": "1",
    "lithium_error": "1",
    "electrical_error": "1",
    "algorithmic_share": "1",
    "steps": "1",
    "dofs": "1",
    "wall_time_s": "s",
}
WORDS = (*COLUMNS, RETENTION)
USUAL = ("cracked", "damage", "crack_width")  # and a capacity, of the last way that current takes
