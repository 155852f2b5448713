"""Which trackers a run has."""

from solver.output.fields import Fields
from solver.output.figures import Figures
from solver.output.history import History
from solver.output.metadata import Metadata
from solver.output.progress import ProgressLine
from solver.output.snapshot import Run, Tracker
from solver.output.summary import Summary


def open_trackers(run: Run) -> list[Tracker]:
    """Start the trackers that the case asks for, in the order in which they see a step.

    Figures come last: they are drawn from what the others wrote. Collective.
    """
    trackers: list[Tracker] = [Metadata(), History(), Summary()]
    if run.case.output.fields.enabled:
        trackers.append(Fields())
    trackers.append(ProgressLine())
    if run.case.output.figures.enabled:
        trackers.append(Figures())
    for tracker in trackers:
        tracker.start(run)
    return trackers
