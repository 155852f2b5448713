"""Turns the state of a model into what a user sees: one row of the history and a snapshot."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.model.build import Model, collector_potential
from solver.model.electrical_work import ElectricalLedger
from solver.model.energy import EnergyLedger
from solver.model.phase_field import measure_cracks
from solver.output.snapshot import Snapshot
from solver.particle.cracks import find_cracks
from solver.particle.interfaces import Boundaries
from solver.physics import cohesive
from solver.protocol.phases import Reading
from solver.solve.staggered import CoupledSolver
from solver.units.constants import AMPERE, COULOMB, FARADAY_INTERNAL, JOULE, METRE
from solver.units.quantities import Depth, depth_of

Floats = npt.NDArray[np.floating]
MAH_PER_GRAM = 3.6  # C/g


@dataclass
class Clock:
    """Where in the protocol a run is; times in s, charges in pC (signed).

    step: number in the list of all steps, from 0. pulse: number in a train of pulses, from 1; 0
    elsewhere. A phase is a step, or one pulse or rest of a train.
    """

    time: float = 0.0
    step_time: float = 0.0
    phase_time: float = 0.0
    dt: float = 0.0
    cycle: int = 1
    step: int = 0
    pulse: int = 0
    step_charge: float = 0.0
    phase_charge: float = 0.0
    net_charge: float = 0.0
    parasitic_charge: float = 0.0

    def begin_step(self, number: int, cycle: int) -> None:
        """Go on to another step."""
        self.step, self.cycle, self.pulse = number, cycle, 0
        self.step_time = self.step_charge = 0.0

    def begin_phase(self, pulse: int) -> None:
        """Go on to another pulse or rest, or to the only phase of a step."""
        self.pulse = pulse
        self.phase_time = self.phase_charge = 0.0

    def advance(self, dt: float, current: float, parasitic: float = 0.0) -> None:
        """Let time pass while a current (pA) flows, a part of which moves no lithium."""
        self.dt = dt
        self.time += dt
        self.step_time += dt
        self.phase_time += dt
        self.step_charge += current * dt
        self.phase_charge += current * dt
        self.net_charge += current * dt
        self.parasitic_charge += parasitic * dt


class Books(NamedTuple):
    """The books of the mechanical and of the electrical work."""

    mechanical: EnergyLedger
    electrical: ElectricalLedger


@dataclass
class Effort:
    """Iterations of the step just taken."""

    turns: int = 0
    newton: int = 0


def read_instruments(model: Model, clock: Clock) -> Reading:
    """Voltage, current, and time and charge of the phase. Collective."""
    return Reading(
        collector_potential(model),
        model.electro.total_current(),
        clock.phase_time,
        clock.phase_charge,
    )


def observe(
    model: Model,
    solver: CoupledSolver,
    books: Books,
    clock: Clock,
    effort: Effort,
    lithium_at_start: float,
    step_ended: bool,
) -> Snapshot:
    """Describe the present moment. Collective."""
    boundaries, state = model.spaces.boundaries, model.state
    gap, slip = boundaries.across_and_along(model.mechanics.gaps(state["damage"]))
    separation = cohesive.separation(state["damage"], model.mechanics.law)
    depth = depth_of(model.particle.dimension, model.case.mechanics.thickness)
    row = {
        **_clock_columns(model, clock, depth),
        **_occupancy_columns(model, clock, lithium_at_start),
        **_boundary_columns(model, separation, gap),
        **_crack_columns(model, separation, gap),
        **_grain_columns(model),
        **_surface_columns(model, clock, depth),
        **_energy_columns(books.mechanical, depth),
        **_electrical_columns(books.electrical, depth),
        "Coupling Iterations / 1": float(effort.turns),
        "Newton Iterations / 1": float(effort.newton),
    }
    return Snapshot(
        row=row,
        step_ended=step_ended,
        state=state,
        stress=solver.stress,
        opening=gap,
        slip=slip,
        separation=separation,
        traction=model.mechanics.traction.x.array.reshape(boundaries.normal.shape),
    )


def _to_capacity(model: Model) -> float:
    """Factor from a charge, pC, to mA h/g."""
    return 1.0 / (COULOMB * model.extent.mass * 1e3 * MAH_PER_GRAM)


def _clock_columns(model: Model, clock: Clock, depth: Depth) -> dict[str, float]:
    current = model.electro.total_current()
    to_capacity = _to_capacity(model)
    return {
        "Test Time / s": clock.time,
        "Cycle Index / 1": float(clock.cycle),
        "Step Index / 1": float(clock.step),
        "Pulse Index / 1": float(clock.pulse),
        "Step Time / s": clock.step_time,
        "Time Step / s": clock.dt,
        "Voltage / V": collector_potential(model),
        **depth.columns("A", AMPERE, {"Current": current}),
        "Specific Current / mA.g-1": current / AMPERE / model.extent.mass,
        "Capacity / mA.h.g-1": abs(clock.step_charge) * to_capacity,
        "Net Charge / mA.h.g-1": clock.net_charge * to_capacity,
    }


def _occupancy_columns(model: Model, clock: Clock, at_start: float) -> dict[str, float]:
    x = model.state["occupancy"][model.electro.in_oxide]
    low = float(model.comm.allreduce(float(np.min(x, initial=1.0)), MPI.MIN))
    high = float(model.comm.allreduce(float(np.max(x, initial=0.0)), MPI.MAX))
    lithium = model.lithium()
    extracted = (clock.net_charge - clock.parasitic_charge) / FARADAY_INTERNAL
    return {
        "Mean Occupancy / 1": lithium / model.extent.sites,
        "Lowest Occupancy / 1": low,
        "Highest Occupancy / 1": high,
        "Lithium Error / 1": abs(lithium + extracted - at_start) / at_start,
    }


def _boundary_columns(model: Model, separation: Floats, gap: Floats) -> dict[str, float]:
    boundaries = model.spaces.boundaries
    area = boundaries.area() or 1.0
    return {
        **damaged(boundaries, separation),
        "Mean Separation / 1": boundaries.integral(separation) / area,
        "Mean Fatigue / 1": boundaries.integral(model.state["fatigue"]) / area,
        "Mean Corrosion / 1": boundaries.integral(model.state["corrosion"]) / area,
        "Mean Gliding / 1": boundaries.integral(model.gliding()) / area,
        "Largest Gliding / 1": boundaries.maximum(model.gliding()),
        "Largest Opening / m": boundaries.maximum(gap) / METRE,
    }


def damaged(boundaries: Boundaries, separation: Floats) -> dict[str, float]:
    """Shares of the boundaries, by area, that have come to each stage of damage. Collective."""
    area = boundaries.area() or 1.0
    return {
        f"{stage} Fraction / 1": boundaries.integral(there.astype(float)) / area
        for stage, there in cohesive.stages(separation).items()
    }


def _crack_columns(model: Model, separation: Floats, gap: Floats) -> dict[str, float]:
    """All cracks at once; nan where there is none. Both faces count in their area."""
    cracks = find_cracks(model.spaces.network, model.spaces.layout, separation, gap)
    return {
        "Cracks / 1": float(cracks.number),
        "Crack Area / m2.g-1": 2 * cracks.area / METRE**2 / (model.extent.mass * 1e3),
        "Mean Crack Width / m": cracks.mean_width / METRE,
        "Largest Crack Width / m": cracks.largest_width / METRE,
        "Connected Crack Share / 1": cracks.connected,
        "Radial Alignment / 1": cracks.alignment,
    }


def _grain_columns(model: Model) -> dict[str, float]:
    """Cracks inside grains: largest and mean, and the share of the oxide that is cracked."""
    found = measure_cracks(model.state, model.mechanics, model.electro.in_oxide)
    return {
        "Largest Grain Crack / 1": found.largest,
        "Mean Grain Crack / 1": found.mean,
        "Cracked Grain Volume / 1": found.cracked,
    }


def _surface_columns(model: Model, clock: Clock, depth: Depth) -> dict[str, float]:
    """Wet area, currents, films; their charge counts all cycles that those computed stand for."""
    currents, film = model.electro.currents(), model.films()
    cycles = model.case.physics.interphase.acceleration
    found = {
        "Outside Current": currents["outside"],
        "Wet Boundary Current": currents["wet"],
        "Filled Boundary Current": currents["filled"],
        "Parasitic Current": currents["parasitic"],
    }
    return {
        "Wet Area / m2.g-1": model.wet_area() / METRE**2 / (model.extent.mass * 1e3),
        **depth.columns("A", AMPERE, found),
        "Mean Film / m": film.mean / METRE,
        "Film Coverage / 1": film.coverage,
        "Film Charge / mA.h.g-1": cycles * clock.parasitic_charge * _to_capacity(model),
    }


def stored_and_spent(ledger: EnergyLedger, depth: Depth) -> dict[str, float]:
    """Energies that particles and specimens have alike."""
    energies = ledger.energies
    found = {
        "Elastic Energy": energies.elastic,
        "Bond Energy": energies.bond,
        "Contact Energy": energies.contact,
        "Fracture Energy": energies.fracture,
        "Grain Fracture Energy": energies.grain_fracture,
        "Viscous Dissipation": energies.viscous,
        "Sudden Release": energies.sudden,
        "Algorithmic Dissipation": energies.algorithmic,
        "Sliding Dissipation": energies.sliding,
        "Friction Dissipation": energies.friction,
    }
    return depth.columns("J", JOULE, found)


def _energy_columns(ledger: EnergyLedger, depth: Depth) -> dict[str, float]:
    energies = ledger.energies
    found = {
        "Fatigue Energy": energies.fatigue,
        "Corrosion Energy": energies.corrosion,
        "Swelling Work": energies.swelling_work,
    }
    return {
        **stored_and_spent(ledger, depth),
        **depth.columns("J", JOULE, found),
        **quality(ledger),
    }


def quality(ledger: EnergyLedger) -> dict[str, float]:
    """What tells whether the books of particles and specimens can be believed."""
    return {
        "Energy Error / 1": ledger.error(),
        "Lowest Dissipation / 1": ledger.dissipation.worst,
        "Algorithmic Share / 1": ledger.algorithmic_share(),
    }


def _electrical_columns(ledger: ElectricalLedger, depth: Depth) -> dict[str, float]:
    """Where the electrical work went; its error is nan where there is no balance."""
    energies = ledger.energies
    found = {
        "Electrical Work": energies.work,
        "Curvature Work": energies.curvature,
        "Chemical Energy": energies.chemical,
        "Recovery Work": energies.recovery,
        "Reaction Loss": energies.losses.reaction,
        "Resistance Loss": energies.losses.resistance,
        "Electron Loss": energies.losses.electrons,
        "Network Loss": energies.losses.network,
        "Diffusion Loss": energies.losses.diffusion,
        "Side Reaction Loss": energies.losses.side_reaction,
    }
    return {
        **depth.columns("J", JOULE, found),
        "Electrical Error / 1": ledger.error(),
    }
