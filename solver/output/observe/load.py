"""What a loaded body bears, and how its cracks were followed."""

from solver.model.loads.means import Means
from solver.model.mechanics import MechanicalSystem
from solver.model.state import State
from solver.output.observe.group import ColumnGroup
from solver.output.observe.now import BodyNow
from solver.solve.loaded import LoadedSolver
from solver.solve.loading import LoadPath
from solver.units.axes import AXES
from solver.units.columns import Column
from solver.units.constants import JOULE, METRE, PASCAL
from solver.units.groups import EFFORT, LOAD, WORK

FACTOR = Column("Load Factor", "1", LOAD, "What all loads of the case are multiplied by.")
DISPLACEMENT = Column(
    "Displacement", "m", LOAD, "Mean displacement of a loaded surface, or of its wall, by axis."
)
FORCE = Column("Force", "N", LOAD, "Force on a loaded surface, by axis.", extensive=True)
EXTERNAL_WORK = Column("External Work", "J", WORK, "Work that loads have done on the body.", True)
STRESS = Column("Mean Stress", "Pa", LOAD, "Mean stress of the whole body, by component.")
STRAIN = Column("Mean Strain", "1", LOAD, "Mean strain of the whole body, by component.")
DRIVEN = Column(
    "Driven Increments", "1", EFFORT, "Increments until now in which the crack was driven."
)
JUMPS = Column("Jumps", "1", EFFORT, "Increments until now that jumped to another equilibrium.")

work = ColumnGroup(
    (EXTERNAL_WORK,), lambda now: {EXTERNAL_WORK.title: now.ledger.energies.external_work / JOULE}
)


def factor(solver: LoadedSolver) -> ColumnGroup:
    """The load factor."""
    return ColumnGroup((FACTOR,), lambda now: {FACTOR.title: solver.factor})


def path(followed: LoadPath) -> ColumnGroup:
    """How cracks were followed in increments of the load."""

    def observe(now: BodyNow) -> dict[str, float]:
        return {DRIVEN.title: float(followed.driven), JUMPS.title: float(followed.jumps)}

    return ColumnGroup((DRIVEN, JUMPS), observe)


def on_surfaces(solver: LoadedSolver) -> ColumnGroup:
    """Displacement and force of each loaded surface along each axis."""
    loads = solver.loads
    places = [(name, axis) for name in loads.surfaces for axis in AXES[: loads.components]]

    def observe(now: BodyNow) -> dict[str, float]:
        seen = {}
        for name, axis in places:
            moved = solver.value(loads.mean(name, axis))
            if loads.walls is not None and (name, axis) in loads.walls.moves:
                moved = solver.factor * loads.walls.moves[name, axis]
            seen[DISPLACEMENT.at(f"{name} {axis}").title] = moved / METRE
            force = loads.total(name, axis, solver.internal)
            seen[FORCE.at(f"{name} {axis}").title] = force / (JOULE / METRE)
        return seen

    columns = tuple(
        column.at(f"{name} {axis}") for name, axis in places for column in (DISPLACEMENT, FORCE)
    )
    return ColumnGroup(columns, observe)


def of_whole(means: Means, state: State, system: MechanicalSystem, components: int) -> ColumnGroup:
    """Mean stress and strain of a body, whose displacement has so many components. Collective."""

    def averages() -> dict[Column, float]:
        moved = state["displacement"].reshape(-1, components)
        stress = means.stress(system.stress)
        return {
            **{STRESS.at(at): value / PASCAL for at, value in stress.items()},
            **{STRAIN.at(at): value for at, value in means.strain(moved).items()},
        }

    def observe(now: BodyNow) -> dict[str, float]:
        return {column.title: value for column, value in averages().items()}

    return ColumnGroup(tuple(averages()), observe)
