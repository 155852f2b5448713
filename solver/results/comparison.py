"""Several runs beside each other: a table of their figures of merit, and overlaid curves."""

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.figure import Figure

from solver.measured import MeasuredCurves
from solver.results import figures_of_merit as merit
from solver.results import loads_of_merit, losses, measurement_rows, style
from solver.results.compared import CURVES, Kind
from solver.results.differences import differing
from solver.results.records import Record, embedded

COLOURS = (
    style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, style.PURPLE, style.SKY, style.BLACK
)  # fmt: skip
DASHES = ("-", (0, (4, 1.5)), (0, (1, 1)))
LONGEST, BESIDE = 70, 30  # letters of a run in a legend: at most, and where two stand side by side
LINE = 0.17  # inches of a line of a legend


def compare(records: Sequence[Record], measured: Sequence[MeasuredCurves] = ()) -> dict[str, Any]:
    """Return what the template shows above the runs; a failed figure is told, and left out.

    measured: curves to set beside every run.
    """
    drawn, problems = [], []
    for name, curve in CURVES.items():
        try:
            png = _png(records, curve, measured)
        except (ValueError, KeyError, IndexError, TypeError) as error:
            problems.append(f"{name} could not be drawn: {error}")
            continue
        if png is not None:
            drawn.append(embedded(name, png))
    return {
        "labels": [record.label for record in records],
        "declared": [(r.label, r.declared) for r in records if r.declared],
        "differing": differing(records),
        "rows": _rows(records) + _measured(records, measured),
        "books": _beside(records, (merit.energies, _costs)),
        "figures": drawn,
        "problems": problems,
    }


def _rows(records: Sequence[Record]) -> list[tuple[str, list[str]]]:
    """What came of the runs: one row for each figure of merit that any run has."""
    kinds = (
        _ends,
        loads_of_merit.loads,
        merit.capacities,
        merit.cracks,
        losses.rows,
        merit.wear,
        merit.surfaces,
        merit.impedance,
    )
    declared = [record.declared or "none" for record in records]
    return [("accelerations", declared), *_beside(records, kinds)]


def _measured(
    records: Sequence[Record], measured: Sequence[MeasuredCurves]
) -> list[tuple[str, list[str]]]:
    """How far each run lies from what was measured, also from what its own case names."""

    def rows(record: Record) -> merit.Rows:
        every = [*measurement_rows.declared_or_why(record)[0], *measured]
        return measurement_rows.rows(measurement_rows.comparisons_of(record, every))

    return _beside(records, (rows,))


def _ends(record: Record) -> merit.Rows:
    """How a run ended."""
    return [row for row in merit.effort(record) if row[0] in ("status", "reason")]


def _costs(record: Record) -> merit.Rows:
    """What a run took."""
    return [row for row in merit.effort(record) if row not in _ends(record)]


def _beside(
    records: Sequence[Record], kinds: Sequence[Callable[[Record], merit.Rows]]
) -> list[tuple[str, list[str]]]:
    """Rows of some kinds, one kind after the other whichever runs have them."""
    rows = []
    for kind in kinds:
        columns = [dict(kind(record)) for record in records]
        names = dict.fromkeys(name for column in columns for name in column)
        rows += [(name, [column.get(name, "") for column in columns]) for name in names]
    return rows


def _png(
    records: Sequence[Record], curve: Kind, measured: Sequence[MeasuredCurves]
) -> bytes | None:
    """PNG of one kind of curve of all runs, None if none has it."""
    with style.look():
        figure = overlaid(records, curve, measured)
        if figure is None:
            return None
        return style.png(figure)


def overlaid(
    records: Sequence[Record], kind: Kind, measured: Sequence[MeasuredCurves] = ()
) -> Figure | None:
    """One kind of curve of all runs, and of measured files in black; None if no run has it."""
    curve = kind(records) if callable(kind) else kind
    figure = style.new_figure(5.4, 3.8)
    axes, some = figure.subplots(), False
    for place, record in enumerate(records):
        line = {
            "color": COLOURS[place % len(COLOURS)],
            "ls": DASHES[place // len(COLOURS) % len(DASHES)],
            "label": style.plain(record.label, LONGEST),
        }
        some = curve.draw(axes, record, line) or some
    if not some:
        return None
    if curve.measured is not None:
        for place, each in enumerate(measured):
            curve.measured(axes, each, _black(each, place))
    if curve.from_zero:
        axes.set_ylim(bottom=0)
    axes.set_xlabel(curve.x)
    axes.set_ylabel(curve.y)
    _name(figure, *axes.get_legend_handles_labels())
    told = [f"{style.plain(r.label, LONGEST)}: {r.declared}" for r in records if r.declared]
    if told:
        figure.suptitle("\n".join(told), fontsize=8)
    return figure


def _name(figure: Figure, lines: list[Any], names: list[str]) -> None:
    """Name the lines below a figure, long names under each other; the figure grows with them."""
    columns = 2 if max(map(len, names)) <= BESIDE else 1
    rows = -(-len(names) // columns)
    width, height = figure.get_size_inches()
    figure.set_size_inches(width, height + LINE * (rows - 1))
    figure.legend(lines, names, loc="outside lower center", ncols=columns)


def _black(measured: MeasuredCurves, place: int) -> dict[str, Any]:
    """The line of measured curves, the place-th of several."""
    name = style.plain(f"measured: {measured.label}", LONGEST)
    dashes = DASHES[(place + 1) % len(DASHES)]
    return {"color": style.BLACK, "lw": 1.2, "ls": dashes, "label": name}
