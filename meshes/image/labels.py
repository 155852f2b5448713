"""Images whose values are the labels of grains, cleaned as a case asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

import numpy as np

from meshes.arrays import Ints
from meshes.errors import MeshError
from meshes.image.cleaning import filled, require_grains, without_small
from meshes.image.readers import READERS, AnyArray
from meshes.image.voxels import BACKGROUND
from solver.text.files import require_file
from solver.text.messages import one_line

if TYPE_CHECKING:
    from solver.case import ImageCase

LARGEST = 2**31 - 1  # label


def labels_of(particle: ImageCase) -> Ints:
    """Labels (x, y) or (x, y, z) of a particle in an image, 0 outside. Raises MeshError.

    Pixels without a label are filled and small regions given away, where the case says so.
    """
    path = Path(particle.path)
    labels, outside, clean = read_labels(path), particle.outside, particle.clean
    try:
        if clean is not None and clean.unindexed is not None:
            labels = filled(labels, clean.unindexed)
        if outside != BACKGROUND:  # what has the label of the outside else is a grain
            away = labels == outside
            if not away.any():
                raise MeshError(f"no pixel has the label {outside} (particle.outside)")
            labels[labels == BACKGROUND] = labels.max() + 1
            labels[away] = BACKGROUND
        if clean is not None:
            labels = without_small(labels, clean.smallest)
        require_grains(labels)
    except MeshError as error:
        raise MeshError(f"{path}: {error}") from error
    return labels


def read_labels(path: Path) -> Ints:
    """Labels (x, y) or (x, y, z) of an image. Raises MeshError if it cannot be read as such.

    In .npy files, pictures and TIFF stacks the last axis is x: [y, x] or [z, y, x].
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise MeshError(f"{path}: images are read from {', '.join(sorted(READERS))} files")
    try:
        require_file(path)
    except ValueError as error:
        raise MeshError(f"{path}: {error}") from error
    try:
        with catch_warnings():
            simplefilter("error", UserWarning)  # what a library doubts is damaged
            array = reader(path)
    except Exception as error:  # the libraries raise what they meet
        why = one_line(str(error) or type(error).__name__)
        raise MeshError(f"{path}: cannot be read as an image: {why}") from error
    return _checked(array, path)


def _checked(array: AnyArray, path: Path) -> Ints:
    """Array without axes of length one, as integers."""
    array = array.squeeze()
    if array.ndim not in (2, 3):
        raise MeshError(f"{path}: an image has two or three axes, got {array.ndim}")
    if array.size == 0:
        raise MeshError(f"{path}: the image is empty, {' x '.join(map(str, array.shape))} pixels")
    if array.dtype.kind not in "uib" and not _is_whole(array):
        raise MeshError(f"{path}: labels must be whole numbers, got {array.dtype}")
    low, high = array.min(), array.max()
    if low < 0 or high > LARGEST:
        raise MeshError(f"{path}: labels must lie between 0 and {LARGEST}, got {low} to {high}")
    return np.ascontiguousarray(array).astype(np.int64)


def _is_whole(array: AnyArray) -> bool:
    return array.dtype.kind == "f" and bool((np.isfinite(array) & (array == np.rint(array))).all())
