"""What each command of the command line does, given its options.

Heavy imports wait until a command needs them: a case is checked without DOLFINx.
"""

from solver.commands.environment import doctor, test
from solver.commands.preparing import check, materials, mesh, new, schema
from solver.commands.running import checkpoint, fit, resume, run, sweep, worker
from solver.commands.showing import cite, export, paraview, plot, report

__all__ = [
    "check", "checkpoint", "cite", "doctor", "export", "fit", "materials", "mesh", "new",
    "paraview", "plot", "report", "resume", "run", "schema", "sweep", "test", "worker",
]  # fmt: skip
