"""Which trackers a run has, and how they are closed."""

from collections.abc import Sequence
from dataclasses import replace

from solver.output import cycles, losses
from solver.output.books import BookTracker, trackers_of_steps
from solver.output.boundary_table import BoundaryTable
from solver.output.collective import OutputError
from solver.output.columns_file import ColumnsFile
from solver.output.crack_file import CrackFile
from solver.output.fields import FieldTracker
from solver.output.figures import Afterwards, drawn_figures, written_report
from solver.output.history import HistoryTracker
from solver.output.materials_file import MaterialsFile
from solver.output.metadata import Metadata
from solver.output.progress import ProgressLine
from solver.output.snapshot import Outcome, Run, Tracker
from solver.output.summary import Summary
from solver.run_files import free_reserve

TELLING = (Summary, Metadata)  # how a run ended
LAST = (*TELLING, ProgressLine, Afterwards)


def open_trackers(run: Run, progress: bool = True) -> list[Tracker]:
    """Start the trackers that the case asks for, in the order in which they see a step.

    Figures and the report come last: they are made from what the others wrote. progress: whether a
    person is shown how far the run is. Collective.
    """
    tables = _tables(run) if run.case.physics.transport.enabled else []
    trackers: list[Tracker] = [*_origins(), HistoryTracker(), *tables, Summary()]
    if run.case.output.fields.enabled:
        trackers.append(FieldTracker())
    if progress:
        trackers.append(ProgressLine())
    if run.case.output.figures.enabled:
        trackers.append(drawn_figures())
    if run.case.output.report.enabled:
        trackers.append(written_report())
    for tracker in trackers:
        tracker.start(run)
    return trackers


def close(trackers: Sequence[Tracker], outcome: Outcome, run: Run) -> Outcome:
    """Finish all trackers, those last that tell how a run ended; return how it did. Collective.

    What cannot be written makes it a failure; the others are tried all the same.
    """
    if outcome.unwritable:
        _free(run)
    for tracker in sorted(trackers, key=_place):
        failure = _failure(tracker, outcome)
        if failure is None or outcome.unwritable:
            continue
        reason = f"at the end: {failure}"
        if outcome.status == "failed":
            reason = f"{outcome.reason}; {reason}"
        outcome = replace(outcome, status="failed", reason=reason, unwritable=True)
        _free(run)
        if isinstance(tracker, TELLING):
            _failure(tracker, outcome)
    return outcome


def _place(tracker: Tracker) -> int:
    """Place of a tracker among the last, -1 for the others."""
    return next((k for k, kind in enumerate(LAST) if isinstance(tracker, kind)), -1)


def _failure(tracker: Tracker, outcome: Outcome) -> OutputError | None:
    try:
        tracker.finish(outcome)
    except OutputError as error:
        return error
    return None


def _free(run: Run) -> None:
    """Give a full disk some space back, for the summary."""
    if run.comm.rank == 0:
        free_reserve(run.directory)
    run.comm.barrier()


def _origins() -> list[Tracker]:
    """What is written before the first step: what runs, of what, and what its columns mean."""
    return [Metadata(), MaterialsFile(), ColumnsFile()]


def _tables(run: Run) -> list[Tracker]:
    """Tables of cycles, steps and boundaries; a file only if there is a row."""
    return [
        BookTracker(cycles.FILE, _cycle_book),
        *losses.trackers(run),
        *trackers_of_steps(),
        BoundaryTable(),
        CrackFile(),
    ]


def _cycle_book(run: Run) -> cycles.CycleBook:
    return cycles.CycleBook(run.case.steps(), cycles.at_end(run.mechanisms, run.jumps))
