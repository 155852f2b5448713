"""Images of labels are read alike from every format, and refused if they are none."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from meshes.errors import MeshError
from meshes.image.labels import labels_of, read_labels
from solver.case import ImageCase

SAMPLES = Path(__file__).parents[2] / "cases/meshes"
STACK = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)  # [z, y, x]
PICKLED = np.array([[1, "a"], [None, 2]], object)


def claims(shape: tuple[int, ...]) -> bytes:
    """The header of an array of bytes of a shape."""
    header = BytesIO()
    described = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, described)
    return header.getvalue()


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
        ("none.npy", None, "No such file"),
        ("a.jpg", b"", r"from \.npy, \.png, \.tif, \.tiff, \.vti files"),
        ("a.png", b"no image", "cannot be read as an image"),
        ("a.npy", b"no array", "cannot be read as an image"),
        ("a.tif", b"no image", "cannot be read as an image"),
        ("a.vti", b"<no/>", "no VTK image data"),
        ("a.npy", STACK + 0.5, "whole numbers, got float64"),
        ("a.npy", np.full((3, 3), np.nan), "whole numbers, got float64"),
        ("a.npy", STACK[0, 0], "two or three axes, got 1"),
        ("a.npy", np.zeros((0, 0)), "the image is empty, 0 x 0 pixels"),
        ("a.npy", np.array([[1, -1], [2, 3]]), "between 0 and 2147483647, got -1 to 3"),
        ("a.npy", np.array([[1, 2**60], [2, 3]], np.uint64), "got 1 to 1152921504606846976"),
        ("a.npy", np.array([["a", "b"], ["c", "d"]]), "whole numbers, got <U1"),
        ("a.npy", np.zeros((2, 2), [("a", int)]), "whole numbers, got"),
        ("a.npy", np.zeros((2, 2), complex), "whole numbers, got complex128"),
        ("a.npy", PICKLED, "Python objects"),
        ("a.npy", claims((10**6, 10**6)), "cannot be read as an image: "),
        ("a.npy", claims((6000, 6000)) + b"x" * 6000**2, "it has 36 million pixels, more than 30"),
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


def test_pictures_are_read_by_value_index_and_colour(tmp_path: Path) -> None:
    grey = np.array([[0, 7, 7], [255, 0, 3]], np.uint8)
    colours = np.zeros((2, 3, 3), np.uint8)
    colours[0, 1] = 0xFF, 0x88, 0x01
    indexed = Image.fromarray(grey, "P")
    indexed.putpalette(bytes(reversed(range(256))) * 3)
    for name, picture in (("grey", Image.fromarray(grey)), ("indexed", indexed)):
        picture.save(tmp_path / f"{name}.png")
        assert np.array_equal(read_labels(tmp_path / f"{name}.png"), grey.T), name
    deep = grey.astype(np.uint16) * 256
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert np.array_equal(read_labels(tmp_path / "deep.png"), deep.T)
    for suffix in ("png", "tif"):
        Image.fromarray(colours).save(tmp_path / f"colours.{suffix}")
        labels = read_labels(tmp_path / f"colours.{suffix}")
        assert labels[1, 0] == 0xFF8801
        assert np.count_nonzero(labels) == 1


def test_where_another_label_is_outside_zero_is_a_grain(tmp_path: Path) -> None:
    given = np.repeat(np.repeat([[0, 7, 7], [0, 0, 5]], 4, axis=0), 4, axis=1)  # [y, x]
    np.save(tmp_path / "a.npy", given)
    image = ImageCase(shape="image", path=str(tmp_path / "a.npy"), voxel=1e-7, outside=7)
    labels = labels_of(image)
    assert np.array_equal(labels == 0, given.T == 7)
    assert np.array_equal(labels == 8, given.T == 0)  # the next number that is free
    assert np.array_equal(labels == 5, given.T == 5)


def test_what_is_transparent_is_outside(tmp_path: Path) -> None:
    clear = np.full((2, 2, 4), 200, np.uint8)
    clear[0, 0, 3] = 0
    Image.fromarray(clear).save(tmp_path / "a.png")
    assert np.array_equal(read_labels(tmp_path / "a.png"), [[0, 0xC8C8C8], [0xC8C8C8, 0xC8C8C8]])


@pytest.mark.parametrize("name", ["section.npy", "stack.tif", "volume.vti"])
@pytest.mark.parametrize("kept", [0.0, 0.02, 0.3, 0.7, 0.99])
def test_a_cut_image_is_refused(tmp_path: Path, name: str, kept: float) -> None:
    whole = (SAMPLES / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(MeshError, match=f"{name}: cannot be read as an image: .") as caught:
        read_labels(tmp_path / name)
    assert len(str(caught.value).splitlines()) == 1


def test_an_image_that_claims_to_be_huge_is_refused_before_it_is_read(tmp_path: Path) -> None:
    text = (SAMPLES / "volume.vti").read_text(errors="replace")
    extent = "0 48 0 48 0 48"
    assert extent in text
    (tmp_path / "a.vti").write_text(text.replace(extent, "0 90000 0 90000 0 90000"))
    with pytest.raises(MeshError, match="more than 30 million"):
        read_labels(tmp_path / "a.vti")
