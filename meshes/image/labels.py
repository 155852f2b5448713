"""Images whose values are the labels of grains: NumPy arrays, TIFF stacks, VTK image data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meshes.arrays import Ints
from meshes.errors import MeshError

AnyArray = NDArray[np.generic]


def read_labels(path: Path) -> Ints:
    """Labels (x, y) or (x, y, z) of an image. Raises MeshError if it cannot be read as such.

    In .npy files and TIFF stacks the last axis is x, as in images: [y, x] or [z, y, x].
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise MeshError(f"{path}: images are read from {', '.join(sorted(READERS))} files")
    if not path.is_file():
        raise MeshError(f"{path}: no such file")
    try:
        array = reader(path)
    except (OSError, ValueError, TypeError, SyntaxError) as error:
        raise MeshError(f"{path}: cannot be read as an image: {error}") from error
    return _checked(array, path)


def _checked(array: AnyArray, path: Path) -> Ints:
    """Array without axes of length one, as integers."""
    array = array.squeeze()
    if array.ndim not in (2, 3):
        raise MeshError(f"{path}: an image has two or three axes, got {array.ndim}")
    if array.dtype.kind not in "uib" and not _is_whole(array):
        raise MeshError(f"{path}: labels must be whole numbers, got {array.dtype}")
    return np.ascontiguousarray(array).astype(np.int64)


def _is_whole(array: AnyArray) -> bool:
    return array.dtype.kind == "f" and bool((np.isfinite(array) & (array == np.rint(array))).all())


def _from_numpy(path: Path) -> AnyArray:
    array: AnyArray = np.load(path, allow_pickle=False)
    return array.T


def _from_tiff(path: Path) -> AnyArray:
    from PIL import Image, ImageSequence

    with Image.open(path) as stack:
        pages = [np.asarray(page) for page in ImageSequence.Iterator(stack)]
    if any(page.ndim != 2 or page.shape != pages[0].shape for page in pages):
        raise ValueError("pages must be grey and of one size")
    return np.array(pages).T


def _from_vtk(path: Path) -> AnyArray:
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOXML import vtkXMLImageDataReader

    reader = vtkXMLImageDataReader()
    if not reader.CanReadFile(str(path)):
        raise ValueError("no VTK image data")
    reader.SetFileName(str(path))
    reader.Update()
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
    ".tif": _from_tiff,
    ".tiff": _from_tiff,
    ".vti": _from_vtk,
}
