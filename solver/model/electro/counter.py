"""What faces the particle in its cell: the lithium that it holds, and the voltage of the cell.

V_cell = V - U_n(x_n), with V the potential of the collector against lithium metal and x_n the share
of the counter electrode's sites that is filled. Lithium metal is a counter electrode of U_n = 0
with sites without end: films cost it lithium, too, but it has always more (coulombic inefficiency).

**Lithium of a full cell.** A charge Q goes through the outer circuit. The part Q_p of it is that of
side reactions, which take the electrons of the electrolyte: (Q - Q_p)/F lithium leaves the oxide.
Films bind n_f of the electrolyte's lithium. What an oxidized molecule leaves in the electrolyte
beside the film, a charge of Q_p + F n_f, takes as many electrons from the counter electrode when it
gets there, which thereby gains

    Q/F - (Q_p/F + n_f) = (Q - Q_p)/F - n_f ,

so that the electrolyte keeps its lithium and its charge, and

    lithium in oxide + counter electrode + films = that at the beginning.

Oxidation alone (Q_p) thus discharges the cell by itself, which the next charge makes good; only
what films bind is lost. (Where such products never got to the counter electrode it would gain Q/F:
oxidation would then fill it with lithium of the salt.) Films without a charge of their own (the
first film of a side that gets wet, those on a coating) bind lithium all the same. Where one cycle
stands for several (`acceleration`), films bind the lithium of all of these. Lithium that dissolves
with the oxide (`leached`) leaves without a charge and is lost, too; metals that dissolve with it
and go on the counter electrode are left out.

The counter electrode holds what is outside the oxide (`released`) less what is in films now, so
that whatever changes films, a jump over cycles too, takes its lithium from there.
"""

from solver.model.electro.system import ElectrochemicalSystem
from solver.model.now import Present
from solver.model.slow import SlowPhysics
from solver.units.constants import FARADAY_INTERNAL


def begin(electro: ElectrochemicalSystem) -> None:
    """Give the counter electrode its first lithium, beside what films hold already."""
    stand(electro, electro.facing.counter.lithium + electro.facing.bound)


def bind(electro: ElectrochemicalSystem, slow: SlowPhysics, now: Present, dt: float = 0.0) -> None:
    """Note what films hold when dt (s) have passed. Collective."""
    if not electro.facing.counter.endless:
        electro.facing.bound = slow.bound(now, dt)


def settle(electro: ElectrochemicalSystem) -> None:
    """Bring the potential in line with what films have been noted to hold. Collective."""
    if not electro.facing.counter.endless:
        stand(electro, *electro.state.ones("released"))


def held(electro: ElectrochemicalSystem, released: float) -> float:
    """Return the lithium in the counter electrode if so much is outside the oxide, fmol."""
    return released - electro.facing.bound


def contents(electro: ElectrochemicalSystem) -> float:
    """Return the lithium that the counter electrode holds at present, fmol."""
    return held(electro, *electro.state.ones("released"))


def stand(electro: ElectrochemicalSystem, released: float) -> None:
    """Let the counter electrode be at rest with what is outside the oxide, fmol."""
    facing = electro.facing
    electro.state["released"][:] = released
    potential = facing.counter.potential_with(held(electro, released))
    electro.state["counter_potential"][:] = potential


def face(electro: ElectrochemicalSystem) -> None:
    """Bring the counter electrode to the end of the step by the present currents. Collective.

    A voltage of the cell then holds the collector at V_cell + U_n, with the change of U_n by the
    current of this step: dU_n/dI = U_n' dt/F, which acts as a resistance in series.
    """
    facing, counter = electro.facing, electro.facing.counter
    if counter.endless:
        return
    per_current = float(electro.dt.value) / FARADAY_INTERNAL
    currents = electro.currents()
    drawn = currents["outside"] + currents["wet"] + currents["filled"]
    released = facing.before + (drawn - currents["parasitic"]) * per_current
    stand(electro, released)
    lithium = held(electro, released)
    slope = counter.slope_with(lithium) * per_current
    electro.control.face(counter.potential_with(lithium), drawn, slope, facing.outside)
