"""Groups of columns: what is looked at together, in figures and in the data dictionary."""

CLOCK, ELECTRICAL, LITHIUM = "clock", "electrical", "lithium"
DAMAGE, OPENING, WEAR, CRACKS = "damage", "opening", "wear", "cracks"
GRAIN_CRACKS, SLIDING, GLIDING = "grain cracks", "sliding", "gliding"
ROCK_SALT, OXYGEN, FRONT = "rock salt", "oxygen", "front"
HEAT, CALORIMETRY = "heat", "calorimetry"
ISOLATION = "isolation"
SURFACES, FILMS, DISSOLUTION = "surfaces", "films", "dissolution"
OXIDE, SITES, LOSSES = "oxide", "sites", "losses"
STORED, SPENT, WORK, BOOKS = "stored energy", "spent energy", "work", "books"
ELECTRICAL_WORK = "electrical work"
LOAD, EFFORT, JUMPED = "load", "effort", "jumped cycles"

GROUPS = {
    CLOCK: "Where in its protocol a run is.",
    ELECTRICAL: "What a cycler shows.",
    LITHIUM: "Lithium in the oxide and in what faces it, and whether it is all accounted for.",
    DAMAGE: "How far the grain boundaries have broken, as shares of their area.",
    OPENING: "How far the sides of boundaries stand apart.",
    WEAR: "What slow mechanisms have done to the boundaries, as means over their area.",
    CRACKS: "Connected sets of cracked boundaries; nan where there is none.",
    GRAIN_CRACKS: "Cracks inside grains.",
    SLIDING: "Slip of the boundaries over the lattice parameter.",
    GLIDING: "Elastic shear of the layers of the lattice over each other.",
    HEAT: "What the temperature does to the lattice.",
    CALORIMETRY: "Heat that a calorimeter measures.",
    SURFACES: "What is wet, and what flows there.",
    ISOLATION: "Grains that electrons no longer reach, and what they keep.",
    FILMS: "Interphase films on everything wet.",
    ROCK_SALT: "Oxide that has lost its layers where liquid touches it.",
    OXYGEN: "Oxide that hot surfaces have lost oxygen from.",
    FRONT: "Rock salt that eats its way into oxide which loses oxygen.",
    DISSOLUTION: "Oxide that the liquid has taken away.",
    OXIDE: "What slow mechanisms have done to the oxide itself, as shares of its fresh sites.",
    SITES: "Sites for lithium, as the capacity that they have from full to empty.",
    STORED: "Energy that the body holds.",
    SPENT: "Energy that is spent; with what is stored it equals the work.",
    WORK: "Work done on the body.",
    BOOKS: "What tells whether the books of the energies can be believed.",
    ELECTRICAL_WORK: "What the source of the cell supplies, and where it goes.",
    LOAD: "What a loaded body bears.",
    EFFORT: "What the run cost.",
    JUMPED: "What has come of cycles that were not resolved.",
    "boundary": "Means over a whole boundary between two grains.",
    "cycles": "What a cycle passed.",
    LOSSES: "What a discharge lacks beside that of a reference, by cause.",
    "pulses": "What a pulse of a titration says of the particle.",
    "sweeps": "The peak of the current in a voltage sweep.",
    "impedance": "Answers to a small signal.",
}
