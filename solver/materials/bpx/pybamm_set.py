"""The positive electrode of a parameter set of PyBaMM, where PyBaMM is installed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from solver.entries.files import MaterialError
from solver.entries.laws import REFERENCE_TEMPERATURE as ROOM
from solver.materials.bpx.particle import CellParticle, Constant, Floats, Function
from solver.text.messages import one_line, shown
from solver.text.problems import nearest
from solver.units.constants import GAS_CONSTANT

WARMER = ROOM + 10.0  # K, to read an activation energy
SALT = 1000.0  # mol/m^3
HALF = 0.5
ALIKE = 0.01  # of an exchange current: so far it may be from the law that is used here
SMALL = 1e-6  # of an activation energy in J/mol: less is none
MOST = "Maximum concentration in positive electrode [mol.m-3]"
POTENTIAL, ENTROPIC = "Positive electrode OCP [V]", "Positive electrode OCP entropic change [V.K-1]"
DIFFUSIVITY = "Positive particle diffusivity [m2.s-1]"
EXCHANGE = "Positive electrode exchange-current density [A.m-2]"
RADIUS = "Positive particle radius [m]"
ARGUMENTS = {  # x, salt, lithium, most of it, T: what functions take
    POTENTIAL: ("x",),
    ENTROPIC: ("x",),
    DIFFUSIVITY: ("x", "T"),
    EXCHANGE: ("salt", "lithium", "most", "T"),
}


@dataclass(frozen=True)
class _Entry:
    """An entry of a set as a function of x and T."""

    pybamm: Any
    values: Any
    key: str

    def __call__(self, x: Floats, /, temperature: float = ROOM) -> Floats:
        """Return its values, (n,), of x, (n,); a number is the same everywhere."""
        entry, symbol = self.values[self.key], self.pybamm
        if not callable(entry):
            return np.full(x.shape, float(entry))
        most = float(self.values[MOST])
        given = {
            "x": symbol.Vector(x),
            "lithium": symbol.Vector(x * most),
            "most": symbol.Scalar(most),
            "salt": symbol.Scalar(SALT),
            "T": symbol.Scalar(temperature),
        }
        found = entry(*(given[name] for name in ARGUMENTS[self.key]))
        if isinstance(found, symbol.Symbol):
            found = self.values.process_symbol(found).evaluate()
        flat = np.asarray(found, dtype=np.float64).ravel()
        return np.broadcast_to(flat, x.shape).astype(np.float64)


def read_pybamm_set(name: str) -> CellParticle:
    """Return the oxide of a set such as Chen2020.

    Raises MaterialError without PyBaMM, with the nearest name, or if the set has another form.
    """
    try:
        import pybamm
    except ImportError as error:
        why = f"{shown(name)} would be a set of PyBaMM, which is not there: pip install pybamm"
        raise MaterialError(why) from error
    known = list(pybamm.parameter_sets)
    if name not in known:
        raise MaterialError(f"PyBaMM has no parameter set {shown(name)} ({nearest(name, known)})")
    try:
        return _particle(name, pybamm, pybamm.ParameterValues(name))
    except Exception as error:  # of sets of other forms, whatever is missing
        why = one_line(str(error)) or type(error).__name__
        raise MaterialError(
            f"the PyBaMM set {name} is not of the form that can be imported, one oxide in the "
            f"positive electrode: {why}"
        ) from error


def _particle(name: str, pybamm: Any, values: Any) -> CellParticle:
    """The oxide of a set, between the stoichiometries at the voltage limits of its cell."""
    potential, entropic, diffusivity, exchange = (
        _Entry(pybamm, values, key) for key in (POTENTIAL, ENTROPIC, DIFFUSIVITY, EXCHANGE)
    )
    ends = pybamm.lithium_ion.get_min_max_stoichiometries(values)[2:]
    x = np.linspace(float(min(ends)), float(max(ends)), 21)
    change = entropic(x) if ENTROPIC in values else np.zeros(1)
    at_half = float(exchange(np.array([HALF]))[0])
    return CellParticle(
        name=name,
        about=f"positive electrode of the PyBaMM set {name}",
        source=f"PyBaMM parameter set {name}, pybamm {pybamm.__version__}",
        potential=potential,
        low=float(x[0]),
        high=float(x[-1]),
        nodes=(),
        concentration=float(values[MOST]),
        diffusivity=_constant_or(diffusivity, x),
        diffusivity_energy=_energy(diffusivity),
        exchange=at_half,
        exchange_told=f"at x = 1/2 and {SALT:g} mol/m^3 of salt",
        exchange_energy=_energy(exchange),
        entropic=_constant_or(entropic, x) if np.any(change) else None,
        radius=float(values[RADIUS]),
        temperature=ROOM,
        notes=_notes(exchange(x) / (2.0 * at_half * np.sqrt(x * (1.0 - x)))),
    )


def _constant_or(function: Function, x: Floats) -> Constant:
    """A number, where a function is the same everywhere."""
    values = function(x)
    constant = float(np.ptp(values)) <= 1e-9 * float(np.max(abs(values)))
    return float(values[0]) if constant else function


def _notes(exchange: Floats) -> tuple[str, ...]:
    """What is said of an exchange current over the law that is used here."""
    other = float(np.max(abs(exchange - 1.0)))
    if other < ALIKE:
        return ()
    told = f"its exchange current is up to {100 * other:.0f} % off 2 i0(1/2) sqrt(x (1 - x))"
    return (f"{told}, which is used",)


def _energy(function: _Entry) -> float | None:
    """Activation energy between two temperatures, J/mol; None where there is none."""
    half = np.array([HALF])
    ratio = float(function(half, WARMER)[0] / function(half, ROOM)[0])
    energy = GAS_CONSTANT * float(np.log(ratio)) / (1.0 / ROOM - 1.0 / WARMER)
    return float(f"{energy:.6g}") if abs(energy) > SMALL else None
