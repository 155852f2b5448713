"""Sites for lithium: those that are left, how full they are, and what has taken the others.

They are told as the capacity that they would have if they went from full to empty.
"""

import numpy as np

from solver.model.build import Model
from solver.model.oxides import at_nodes
from solver.output.observe.electrical import to_capacity
from solver.output.observe.now import BodyNow
from solver.physics.lost_sites import lost_by_cause
from solver.units.columns import Column
from solver.units.constants import FARADAY_INTERNAL
from solver.units.groups import SITES

UNIT = "mA.h.g-1"
LEFT = Column("Left Sites", UNIT, SITES, "Sites that are left in grains that electrons reach.")
OCCUPANCY = Column("Left Occupancy", "1", SITES, "Lithium in these sites over them, none trapped.")
TAKEN = {  # by the field that holds the share of each cause, of the sites that the others leave
    "transformed": Column("Transformed Sites", UNIT, SITES, "Sites that went to rock salt."),
    "release_share": Column(
        "Released Sites", UNIT, SITES, "Sites that went as hot oxide lost oxygen."
    ),
    "dissolved": Column("Dissolved Sites", UNIT, SITES, "Sites that dissolved."),
    "aged": Column("Aged Sites", UNIT, SITES, "Sites that went as the oxide aged, wet or dry."),
}
ISOLATED = Column("Isolated Sites", UNIT, SITES, "Those that are left in isolated grains.")
LOST = TAKEN | {"isolated": ISOLATED}

columns = (LEFT, OCCUPANCY, *LOST.values())


def change(model: Model) -> bool:
    """Whether anything takes sites in a model, or lithium from both electrodes of a full cell."""
    if model.chemistry is None:
        return False
    taken = bool(TAKEN.keys() & model.state.fields.keys())
    return taken or not model.electro.facing.counter.endless


def observe(now: BodyNow) -> dict[str, float]:
    """Sites and their occupancy; of causes that do not act, zero. Collective."""
    model, state = now.model, now.state
    n_owned = model.spaces.scalar.dofmap.index_map.size_local
    grains = model.spaces.grain_of_node[:n_owned]
    volume = model.mechanics.node_volume[:n_owned] * model.electro.in_oxide[:n_owned]
    fresh = volume * at_nodes(model.electro.properties.max_concentration, grains)
    there = volume * state["sites"][:n_owned]
    left = there * ~now.isolated[grains]
    causes = [name for name in TAKEN if name in state.fields]
    taken = lost_by_cause([state[name][:n_owned] for name in causes])
    sums = [left.sum(), left @ state["occupancy"][:n_owned], there.sum()]
    sums += [fresh @ each for each in taken]
    sites, lithium, whole, *gone = np.asarray(model.comm.allreduce(np.array(sums)))
    per_site = FARADAY_INTERNAL * to_capacity(model)
    told = {column.title: 0.0 for column in TAKEN.values()}
    told |= {TAKEN[name].title: per_site * each for name, each in zip(causes, gone, strict=True)}
    told |= {LEFT.title: per_site * sites, ISOLATED.title: per_site * (whole - sites)}
    return told | {OCCUPANCY.title: lithium / sites if sites > 0 else 0.0}
