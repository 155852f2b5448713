"""Images of labels are read alike from every format, and refused if they are none."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.errors import MeshError
from meshes.image.labels import read_labels

STACK = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)  # [z, y, x]


def write_tiff(path: Path, array: np.ndarray) -> None:
    pages = [Image.fromarray(page) for page in array]
    pages[0].save(path, save_all=True, append_images=pages[1:])


def write_vti(path: Path, array: np.ndarray, in_cells: bool) -> None:
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkIOXML import vtkXMLImageDataWriter

    image = vtkImageData()
    image.SetDimensions(*(n + in_cells for n in array.T.shape))
    values = numpy_to_vtk(array.ravel(), deep=True)
    values.SetName("grain")
    (image.GetCellData() if in_cells else image.GetPointData()).AddArray(values)
    writer = vtkXMLImageDataWriter()
    writer.SetFileName(str(path))
    writer.SetInputData(image)
    writer.Write()


def test_every_format_gives_the_same_labels_by_x_y_z(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", STACK)
    write_tiff(tmp_path / "a.tif", STACK)
    write_vti(tmp_path / "points.vti", STACK, False)
    write_vti(tmp_path / "cells.vti", STACK, True)
    for name in ("a.npy", "a.tif", "points.vti", "cells.vti"):
        assert np.array_equal(read_labels(tmp_path / name), STACK.T), name


def test_a_single_page_is_a_flat_image(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", STACK[:1])
    assert np.array_equal(read_labels(tmp_path / "a.tif"), STACK[0].T)


def test_whole_numbers_in_floats_are_labels(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", STACK.astype(float))
    assert read_labels(tmp_path / "a.npy").dtype == np.int64


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.npy", None, "no such file"),
        ("a.png", b"", r"from \.npy, \.tif, \.tiff, \.vti files"),
        ("a.npy", b"no array", "cannot be read as an image"),
        ("a.tif", b"no image", "cannot be read as an image"),
        ("a.vti", b"<no/>", "no VTK image data"),
        ("a.npy", STACK + 0.5, "whole numbers, got float64"),
        ("a.npy", np.full((3, 3), np.nan), "whole numbers, got float64"),
        ("a.npy", STACK[0, 0], "two or three axes, got 1"),
        ("a.tif", np.zeros((4, 4, 3), np.uint8), "pages must be grey"),
    ],
)
def test_what_is_no_image_of_labels_is_refused(
    tmp_path: Path, name: str, content: bytes | np.ndarray | None, message: str
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None and name.endswith(".npy"):
        np.save(path, content)
    elif content is not None:
        Image.fromarray(content).save(path)
    with pytest.raises(MeshError, match=message):
        read_labels(path)
