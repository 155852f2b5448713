"""Opens this run in ParaView: `paraview --script=paraview_view.py`.

Grains are coloured by occupancy (without chemistry: by first principal stress), cracks by their
width, and both are warped by their displacements, enlarged alike by the factor that the picture
states. In two dimensions a crack is also drawn as wide as it gapes; in three the particle is cut
open.
`pvpython paraview_view.py picture.png` makes a picture.
"""

import csv
import sys
from pathlib import Path
from typing import Any

from paraview import simple

WRITTEN = Path("@RUN@")  # where the run was when this was written
BESIDE = Path(globals().get("__file__", WRITTEN / "-")).resolve().parent
RUN = BESIDE if (BESIDE / "fields").is_dir() else WRITTEN
DISPLACEMENT, OCCUPANCY = "displacement / um", "occupancy"
STRESS = "first principal stress / MPa"
OPENING, DAMAGE = "opening / nm", "damage"
ENDING = ".vtkhdf"  # of maps that are in one file each, in which names have no slash
IN_ONE = (RUN / "fields" / f"particle{ENDING}").exists()
CRACKED = 0.99  # damage from which a boundary counts as cracked
LEVEL = 1e-6  # what is left of heights, so that nothing hides what is drawn beside it
VISIBLE = 0.05  # of the size of the body: how far displacements are drawn
NM = 1e-3  # um
LETTERS = 18  # points
PICTURE = [1400, 1050]
NEW_NAMES = simple.GetParaViewVersion() >= (5, 10)


def main() -> None:
    """Show the moment at which cracks are widest."""
    simple.LoadPalette("WhiteBackground")
    view = simple.GetActiveViewOrCreate("RenderView")
    view.OrientationAxesVisibility = 0
    history = read_history()
    grains = opened("particle")
    moment = widest(history, grains.TimestepValues)
    scene = simple.GetAnimationScene()
    scene.UpdateAnimationUsingDataTimeSteps()
    scene.AnimationTime = moment
    grains.UpdatePipeline(moment)
    factor, flat = enlargement(grains), is_flat(grains)
    show_grains(grains, factor, flat, OCCUPANCY if "Voltage / V" in history else STRESS, view)
    if any((RUN / "fields" / f"boundaries{end}").exists() for end in (".pvd", ENDING)):
        boundaries = opened("boundaries")
        boundaries.UpdatePipeline(moment)
        show_cracks(boundaries, factor, flat, moment, view)
    annotate(grains, factor, view)
    place_camera(flat, view)
    for picture in (word for word in sys.argv[1:] if word.endswith(".png")):
        view.ViewSize = PICTURE
        simple.ResetCamera(view)
        simple.SaveScreenshot(picture, view, ImageResolution=PICTURE)


def read_history() -> dict[str, list[float]]:
    """Columns of the history, a last line that is not whole left out."""
    with (RUN / "history.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    whole = [row for row in rows if len(row) == len(header)]
    return {name: [float(row[k]) for row in whole] for k, name in enumerate(header)}


def opened(name: str) -> Any:
    """Reader of one of the two maps of a run."""
    if IN_ONE:
        path = RUN / "fields" / f"{name}{ENDING}"
        return simple.VTKHDFReader(registrationName=name, FileName=[str(path)])
    return simple.PVDReader(registrationName=name, FileName=str(RUN / "fields" / f"{name}.pvd"))


def in_file(array: str) -> str:
    """Name of an array in the files of this run."""
    name, slash, unit = array.partition(" / ")
    return f"{name} [{unit}]" if slash and IN_ONE else array


def widest(history: dict[str, list[float]], frames: list[float]) -> float:
    """Time of the frame nearest to the widest opening in the history."""
    times, openings = history["Test Time / s"], history["Largest Opening / m"]
    time = times[max(range(len(times)), key=lambda row: openings[row])]
    return min(frames, key=lambda frame: abs(frame - time))


def is_flat(grains: Any) -> bool:
    """Whether the body has two dimensions."""
    low, high = grains.GetDataInformation().GetBounds()[4:]
    return high - low == 0.0


def enlargement(grains: Any) -> float:
    """1, 2 or 5 times a power of ten by which displacements are seen, at least 1."""
    bounds = grains.GetDataInformation().GetBounds()
    size = max(bounds[1] - bounds[0], bounds[3] - bounds[2], bounds[5] - bounds[4])
    seen = range(2 if is_flat(grains) else 3)  # a plane is seen from above
    ranges = [grains.PointData[in_file(DISPLACEMENT)].GetRange(component) for component in seen]
    moved = max(abs(end) for ends in ranges for end in ends)
    wanted = VISIBLE * size / max(moved, 1e-12 * size)
    steps = [step * 10.0**power for power in range(13) for step in (1, 2, 5)]
    return max([step for step in steps if step <= wanted], default=1.0)


def warped(source: Any, name: str, factor: float, flat: bool) -> Any:
    """A collection moved by its displacements; a plane body as it is seen from above."""
    vectors = ["POINTS", in_file(DISPLACEMENT)]
    moved = simple.WarpByVector(
        registrationName=name, Input=source, Vectors=vectors, ScaleFactor=factor
    )
    if not flat:
        return moved
    level = simple.Transform(registrationName=f"{name} from above", Input=moved)
    level.Transform.Scale = [1.0, 1.0, LEVEL]
    return level


def show_grains(grains: Any, factor: float, flat: bool, array: str, view: Any) -> None:
    """Grains by a field; a body in three dimensions without its front half."""
    moved = warped(grains, "grains", factor, flat)
    if not flat:
        moved = simple.Clip(registrationName="cut open", Input=moved, ClipType="Plane")
        moved.ClipType.Origin, moved.ClipType.Normal = [0.0, 0.0, 0.0], [0.0, -1.0, 0.0]
    shown = simple.Show(moved, view)
    shown.Representation = "Surface"
    colour(shown, array, "Viridis (matplotlib)", "Lower Right Corner", view)


def show_cracks(boundaries: Any, factor: float, flat: bool, moment: float, view: Any) -> None:
    """What is cracked, by its width; in a plane as bands that are as wide as they gape."""
    moved = warped(boundaries, "sides", factor, flat)
    cracks = simple.Threshold(registrationName="cracks", Input=moved)
    cracks.Scalars = ["POINTS", DAMAGE]
    if NEW_NAMES:
        cracks.LowerThreshold, cracks.UpperThreshold = CRACKED, 2.0
    else:
        cracks.ThresholdRange = [CRACKED, 2.0]
    cracks.UpdatePipeline(moment)
    if cracks.GetDataInformation().GetNumberOfCells() == 0:
        return
    bands = bands_of(cracks, factor) if flat else cracks
    shown = simple.Show(bands, view)
    shown.Representation = "Surface"
    colour(shown, OPENING, "Inferno (matplotlib)", "Upper Right Corner", view)


def bands_of(cracks: Any, factor: float) -> Any:
    """Tubes around lines, as thick as the sides are apart where displacements are enlarged."""
    lines = simple.ExtractSurface(registrationName="crack lines", Input=cracks)
    widths = simple.Calculator(registrationName="crack widths", Input=lines)
    widths.ResultArrayName = "radius"
    widths.Function = f'max("{in_file(OPENING)}", 0) * {0.5 * NM * factor!r} + 1e-9'
    tubes = simple.Tube(registrationName="crack bands", Input=widths, NumberofSides=12)
    tubes.Scalars, tubes.VaryRadius = ["POINTS", "radius"], "By Absolute Scalar"
    return tubes


def colour(shown: Any, array: str, colours: str, corner: str, view: Any) -> None:
    """Colour by an array, over what it is at this moment, with a bar."""
    simple.ColorBy(shown, ("POINTS", in_file(array)))
    shown.Ambient, shown.Diffuse = 0.35, 0.75  # colours count more than shades
    shown.RescaleTransferFunctionToDataRange(False, True)
    scale = simple.GetColorTransferFunction(in_file(array))
    scale.ApplyPreset(colours, True)
    scale.NanColor = [0.8, 0.8, 0.8]
    bar = simple.GetScalarBar(scale, view)
    bar.Title, bar.ComponentTitle = array, ""
    bar.TitleFontSize = bar.LabelFontSize = LETTERS
    bar.WindowLocation = corner
    shown.SetScalarBarVisibility(view, True)


def annotate(grains: Any, factor: float, view: Any) -> None:
    """Time, and by how much displacements are enlarged."""
    if IN_ONE:  # which does not tell the filter its time
        time = simple.AnnotateTime(registrationName="time")
    else:
        time = simple.AnnotateTimeFilter(registrationName="time", Input=grains)
    time.Format = "Time: {time:.0f} s" if NEW_NAMES else "Time: %.0f s"
    told = simple.Text(registrationName="enlarged", Text=f"displacements x {factor:g}")
    for words, corner in ((time, "Upper Left Corner"), (told, "Lower Left Corner")):
        shown = simple.Show(words, view)
        shown.WindowLocation, shown.FontSize = corner, LETTERS


def place_camera(flat: bool, view: Any) -> None:
    """Look at a plane from above, at a body into its cut."""
    view.InteractionMode = "2D" if flat else "3D"
    view.CameraFocalPoint = [0.0, 0.0, 0.0]
    view.CameraPosition = [0.0, 0.0, 1.0] if flat else [0.35, -1.0, 0.35]
    view.CameraViewUp = [0.0, 1.0, 0.0] if flat else [0.0, 0.0, 1.0]
    simple.ResetCamera(view)
    simple.Render(view)


if __name__ in ("__main__", "__vtkconsole__"):  # the latter within the window of ParaView
    main()
