"""Arrays out of image files: NumPy, TIFF, PNG, VTK. What is too large is refused before it is read.

Readers raise ValueError, or whatever the libraries meet in damaged files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

AnyArray = NDArray[np.generic]

MOST = 30_000_000  # pixels or voxels
COLOURED = ("RGB", "RGBA", "LA", "PA")  # modes with bands; the last band of some is opacity


def _require_small(shape: Sequence[int]) -> None:
    if prod(shape) > MOST:
        raise ValueError(
            f"it has {prod(shape) / 1e6:.4g} million pixels, more than {MOST / 1e6:g} million"
        )


def _from_numpy(path: Path) -> AnyArray:
    array: AnyArray = np.lib.format.open_memmap(path, mode="r")
    _require_small(array.shape)
    return array.T


def _from_png(path: Path) -> AnyArray:
    from PIL import Image

    with Image.open(path, formats=["PNG"]) as image:
        _require_small(image.size)
        return _page(image).T


def _from_tiff(path: Path) -> AnyArray:
    from PIL import Image, ImageSequence

    with Image.open(path, formats=["TIFF"]) as stack:
        _require_small((*stack.size, getattr(stack, "n_frames", 1)))
        size, pages = stack.size, []
        for page in ImageSequence.Iterator(stack):
            if page.size != size:
                raise ValueError("pages must be of one size")
            pages.append(_page(page))
    return np.array(pages).T


def _page(image: Image) -> AnyArray:
    """Values [y, x] of a picture: grey values or indices, of colours 0xrrggbb; 0 if transparent."""
    if image.mode not in COLOURED:
        values: AnyArray = np.asarray(image)
        if values.ndim != 2:
            raise ValueError(f"colours must be RGB, got {image.mode}")
        return values
    red, green, blue, opacity = np.moveaxis(np.asarray(image.convert("RGBA")), -1, 0)
    colour = (red.astype(np.int64) << 16) | (green.astype(np.int64) << 8) | blue
    return np.where(opacity > 0, colour, 0)


def _from_vtk(path: Path) -> AnyArray:
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkCommonCore import vtkObject
    from vtkmodules.vtkIOXML import vtkXMLImageDataReader

    told = vtkObject.GetGlobalWarningDisplay()
    vtkObject.GlobalWarningDisplayOff()  # VTK writes its complaints to the screen
    try:
        reader = vtkXMLImageDataReader()
        if not reader.CanReadFile(str(path)):
            raise ValueError("no VTK image data")
        reader.SetFileName(str(path))
        reader.UpdateInformation()
        extent = reader.GetOutputInformation(0).Get(reader.GetExecutive().WHOLE_EXTENT())
        _require_small([max(extent[k + 1] - extent[k] + 1, 0) for k in (0, 2, 4)])
        reader.Update()
    finally:
        vtkObject.SetGlobalWarningDisplay(told)
    if reader.GetErrorCode():
        raise ValueError("the file is damaged")
    image = reader.GetOutput()
    cells, points = image.GetCellData(), image.GetPointData()
    data, shape = (
        (cells, [max(n - 1, 1) for n in image.GetDimensions()])
        if cells.GetNumberOfArrays()
        else (points, image.GetDimensions())
    )
    values = data.GetScalars() or data.GetArray(0)
    if values is None or values.GetNumberOfComponents() != 1:
        raise ValueError("it holds no array of single values")
    return vtk_to_numpy(values).reshape(shape, order="F")


READERS: dict[str, Callable[[Path], AnyArray]] = {
    ".npy": _from_numpy,
    ".png": _from_png,
    ".tif": _from_tiff,
    ".tiff": _from_tiff,
    ".vti": _from_vtk,
}
