"""Arrays of the maps in `fields/`; mechanisms bring their own (`mechanisms.base.Shown`)."""

from solver.units.columns import Array

GRAINS, BOUNDARIES = "grains", "boundaries"
MAPS = {GRAINS: "fields/particle.pvd", BOUNDARIES: "fields/boundaries.pvd"}  # or .vtkhdf

OCCUPANCY = Array("occupancy", "1", GRAINS, "Lithium per site; nan in fillers.")
DISPLACEMENT = Array("displacement", "um", GRAINS, "How far the material moved.")
HYDROSTATIC = Array("hydrostatic stress", "MPa", GRAINS, "Third of the trace of the stress.")
VON_MISES = Array("von mises stress", "MPa", GRAINS, "Size of the shear in the stress.")
FIRST_PRINCIPAL = Array(
    "first principal stress", "MPa", GRAINS, "Largest tension in any direction."
)
OUTER_CURRENT = Array("outer current", "A.m-2", GRAINS, "Current through the outside.")
GRAIN_CRACK = Array("grain crack", "1", GRAINS, "Phase field of cracks: 0 intact, 1 cracked.")
GRAIN_POTENTIAL = Array("grain potential", "V", GRAINS, "Potential of the electrons of a grain.")
ISOLATED = Array(
    "isolated", "1", GRAINS, "Whether electrons no longer get from the grain to the collector."
)
GRAIN = Array("grain", "1", GRAINS, "Number of the grain.")
C_AXIS = Array("c axis", "1", GRAINS, "Direction of the c axis of the grain.")
OXIDE = Array("oxide", "1", GRAINS, "Number of the oxide of the grain, where there are several.")

MOVED = Array("displacement", "um", BOUNDARIES, "Mean of how far both sides moved.")
MOVED_PLUS = Array("displacement plus", "um", BOUNDARIES, "How far side '+' moved.")
MOVED_MINUS = Array("displacement minus", "um", BOUNDARIES, "How far side '-' moved.")
OPENING = Array("opening", "nm", BOUNDARIES, "How far the sides stand apart along the normal.")
SLIP = Array("slip", "nm", BOUNDARIES, "How far they are displaced along the boundary.")
DAMAGE = Array("damage", "1", BOUNDARIES, "Share of the toughness that is spent: 1 is parted.")
TRACTION = Array("traction", "MPa", BOUNDARIES, "Traction on side '+'.")
SLOW_SLIP = Array("slow slip", "nm", BOUNDARIES, "How far bonded sides have slid and crept apart.")
IONIC_POTENTIAL = Array("ionic potential", "V", BOUNDARIES, "Potential of the ions.")
CURRENT_PLUS = Array("current plus", "A.m-2", BOUNDARIES, "Current out of side '+'.")
CURRENT_MINUS = Array("current minus", "A.m-2", BOUNDARIES, "Current out of side '-'.")
WETNESS = Array("wetness", "1", BOUNDARIES, "Share that is wet.")
PLUS_GRAIN = Array("plus grain", "1", BOUNDARIES, "Number of the grain on side '+'.")
MINUS_GRAIN = Array("minus grain", "1", BOUNDARIES, "Number of the grain on side '-'.")

ARRAYS = (
    OCCUPANCY, DISPLACEMENT, HYDROSTATIC, VON_MISES, FIRST_PRINCIPAL, OUTER_CURRENT, GRAIN_CRACK,
    GRAIN_POTENTIAL, ISOLATED, GRAIN, C_AXIS, OXIDE,
    MOVED, MOVED_PLUS, MOVED_MINUS, OPENING, SLIP, DAMAGE, TRACTION, SLOW_SLIP, IONIC_POTENTIAL,
    CURRENT_PLUS, CURRENT_MINUS, WETNESS, PLUS_GRAIN, MINUS_GRAIN,
)  # fmt: skip
