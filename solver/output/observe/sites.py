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
LEFT = Column("Left Sites", UNIT, SITES, "Sites that are left, per mass of the fresh oxide.")
OCCUPANCY = Column(
    "Left Occupancy", "1", SITES, "Lithium in the sites that are left over these, none trapped."
)
TAKEN = {  # by the field that holds the share of each cause, of the sites that the others leave
    "transformed": Column("Transformed Sites", UNIT, SITES, "Sites that went to rock salt."),
    "dissolved": Column("Dissolved Sites", UNIT, SITES, "Sites that dissolved."),
    "aged": Column("Aged Sites", UNIT, SITES, "Sites that went as the oxide aged, wet or dry."),
}

columns = (LEFT, OCCUPANCY, *TAKEN.values())


def change(model: Model) -> bool:
    """Whether anything takes sites in a model."""
    return model.chemistry is not None and bool(TAKEN.keys() & model.state.fields.keys())


def observe(now: BodyNow) -> dict[str, float]:
    """Sites and their occupancy; of causes that do not act, zero. Collective."""
    model, state = now.model, now.state
    n_owned = model.spaces.scalar.dofmap.index_map.size_local
    grains = model.spaces.grain_of_node[:n_owned]
    volume = model.mechanics.node_volume[:n_owned] * model.electro.in_oxide[:n_owned]
    fresh = volume * at_nodes(model.electro.properties.max_concentration, grains)
    left = volume * state["sites"][:n_owned]
    causes = [name for name in TAKEN if name in state.fields]
    taken = lost_by_cause([state[name][:n_owned] for name in causes])
    sums = [left.sum(), left @ state["occupancy"][:n_owned], *(fresh @ each for each in taken)]
    sites, lithium, *gone = np.asarray(model.comm.allreduce(np.array(sums)))
    per_site = FARADAY_INTERNAL * to_capacity(model)
    told = {column.title: 0.0 for column in TAKEN.values()}
    told |= {TAKEN[name].title: per_site * each for name, each in zip(causes, gone, strict=True)}
    return {LEFT.title: per_site * sites, OCCUPANCY.title: lithium / sites, **told}
