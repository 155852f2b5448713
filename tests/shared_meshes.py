"""Meshes that tests share: made by the first that asks, gone when the tests have ended."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from mpi4py import MPI

from meshes import build
from solver.case import AnyParticle
from solver.particle.mesh import Particle, read_particle

FOLDER = "INTERGRAIN_TEST_MESHES"  # set by the suite for all its processes


def shared_mesh(particle: AnyParticle, comm: MPI.Comm = MPI.COMM_SELF) -> Particle:
    """The particle, meshed unless it has been already. Collective."""
    path = build(particle, _folder()).mesh if comm.rank == 0 else None
    return read_particle(comm.bcast(path), comm)


@cache
def _folder() -> Path:
    """Where the meshes are; ranks that this process starts later find it as well."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="intergrain-meshes-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
    return Path(os.environ[FOLDER])
