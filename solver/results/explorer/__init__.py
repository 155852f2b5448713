"""One page in which a run is looked at from all sides and at all times: `explorer.html`.

It needs no program but a browser with WebGL 2, and no net.
"""

from solver.results.explorer.page import explore

__all__ = ["explore"]
