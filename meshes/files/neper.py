"""What Neper tells in its mesh files beyond Gmsh's format: orientations of grains, named facets.

Its layout and conventions: https://neper.info/doc/fileformat.html (Mesh File) and
https://neper.info/doc/exprskeys.html (Rotations and Orientations).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError

ORIENTATIONS, FASETS, VERSION = "ElsetOrientations", "Fasets", "MeshVersion"
SWITCHED = (2, 3)  # from this version of the layout on, active and passive mean the other one
HOW_ELSE = "give the axes of the grains with texture: table"
SKEW = 1e-3  # that the entries of a rotation matrix may be off


def file_axes(path: Path, names: Sequence[str]) -> tuple[Floats, Floats]:
    """The c and a axes (grains, 3) that a mesh file gives its grains, which are named grain_N.

    c is the axis Z of the crystal, a its X, as Neper lays them into hexagonal cells. Raises
    MeshError for a file without orientations, or without those of every grain.
    """
    lines = section(path, ORIENTATIONS)
    if not lines:
        raise MeshError(f"{path}: no ${ORIENTATIONS} in this file; {HOW_ELSE}")
    described = f"{path}: ${ORIENTATIONS}"
    head, rows = lines[0].split(), [line.split() for line in lines[1:]]
    if len(head) != 2:
        raise MeshError(f"{described}: begins with their number and kind, got '{lines[0]}'")
    try:
        number = [int(row[0]) for row in rows]
        values = np.array([[float(word) for word in row[1:]] for row in rows], dtype=float)
        turns = turned(head[1], values, _version(path))
    except ValueError as error:
        raise MeshError(f"{described}: {error}") from error
    place = {f"grain_{own}": k for k, own in enumerate(number)}
    if missing := [name for name in names if name not in place]:
        raise MeshError(f"{described}: none for {len(missing)} grains, the first is {missing[0]}")
    chosen = turns[[place[name] for name in names]]
    return chosen[:, :, 2], chosen[:, :, 0]


def turned(described: str, values: Floats, version: tuple[int, ...] = SWITCHED) -> Floats:
    """Matrices (n, 3, 3) whose columns are the axes X, Y, Z of crystals in those of the sample.

    described: kind of the values (n, k), perhaps with the convention, like `rodrigues:active`.
    `passive`, or nothing, turns the sample's axes onto those of the crystal, `active` back; it was
    the other way round before version 2.3 of the layout (Neper 4.10). Raises ValueError.
    """
    kind, _, convention = described.partition(":")
    if kind not in KINDS or convention not in ("", "active", "passive"):
        raise ValueError(f"orientations are {', '.join(KINDS)}, got '{described}'")
    count, read = KINDS[kind]
    if values.shape[1:] != (count,) or not np.isfinite(values).all():
        raise ValueError(f"{kind} has {count} finite numbers for each grain")
    matrices = read(values)
    back = convention == ("active" if version >= SWITCHED else "passive")
    return np.swapaxes(matrices, 1, 2) if back else matrices


def has_orientations(path: Path) -> bool:
    """Whether a mesh file gives orientations of its grains."""
    return bool(section(path, ORIENTATIONS))


def fasets(path: Path) -> dict[str, Ints]:
    """Points (f, k) of the facets of each set that Neper calls a faset, such as x0, from 0.

    k: 2 or 3; more of elements of second order. Raises MeshError if the section cannot be read.
    """
    words = [line.split() for line in section(path, FASETS)[1:]]
    found, at = {}, 0
    try:
        while at < len(words):
            (name,), (count,) = words[at], words[at + 1]
            rows = words[at + 2 : at + 2 + int(count)]
            if rows:
                found[name] = np.array([row[1:] for row in rows], np.int64) - 1  # after the element
            at += 2 + len(rows)
    except (ValueError, IndexError) as error:
        raise MeshError(f"{path}: ${FASETS} cannot be read") from error
    return found


def section(path: Path, name: str) -> list[str]:
    """Lines between $name and $Endname of a file, none if it has no such part."""
    data = path.read_bytes()  # the rest may be binary
    start = data.find(f"${name}".encode())
    if start < 0:
        return []
    end = data.find(b"$End", start)
    text = data[start : end if end >= 0 else len(data)].decode(errors="replace")
    return [line.strip() for line in text.splitlines()[1:] if line.strip()]


def _version(path: Path) -> tuple[int, ...]:
    """Of the layout; today's where the file does not tell."""
    lines = section(path, VERSION)
    return tuple(int(part) for part in lines[0].split(".")) if lines else SWITCHED


def _from_quaternions(values: Floats) -> Floats:
    """q_0 = cos(w / 2) comes first, then sin(w / 2) times the axis."""
    return _matrices(Rotation.from_quat(values[:, [1, 2, 3, 0]]))


def _from_rodrigues(values: Floats) -> Floats:
    """r = tan(w / 2) times the axis of the turn, so that (1, r) is along the quaternion."""
    return _from_quaternions(np.column_stack([np.ones(len(values)), values]))


def _from_axis_and_angle(values: Floats) -> Floats:
    axis = values[:, :3] / np.linalg.norm(values[:, :3], axis=1, keepdims=True)
    if not np.isfinite(axis).all():
        raise ValueError("an axis has no length")
    return _matrices(Rotation.from_rotvec(np.radians(values[:, 3:]) * axis))


def _from_matrices(values: Floats) -> Floats:
    """Rows are the crystal's axes: the matrix takes components in the sample to the crystal's."""
    matrices = values.reshape(-1, 3, 3)
    skew = np.abs(matrices @ np.swapaxes(matrices, 1, 2) - np.eye(3)).max()
    if skew > SKEW or (np.linalg.det(matrices) < 0).any():
        raise ValueError("a matrix is no rotation")
    return np.swapaxes(matrices, 1, 2)


def _from_bunge(values: Floats) -> Floats:
    """Turns by phi_1 about Z, Phi about the new X, phi_2 about the new Z; degrees."""
    return _matrices(Rotation.from_euler("ZXZ", values, degrees=True))


def _from_kocks(values: Floats) -> Floats:
    """Psi = phi_1 - 90, Theta = Phi, phi = 90 - phi_2 degrees of Bunge's angles."""
    return _from_bunge(values * np.array([1, 1, -1]) + np.array([90, 0, 90]))


def _from_roe(values: Floats) -> Floats:
    """Psi = phi_1 - 90, Theta = Phi, Phi = phi_2 + 90 degrees of Bunge's angles."""
    return _from_bunge(values + np.array([90, 0, -90]))


def _matrices(turns: Rotation) -> Floats:
    return np.asarray(turns.as_matrix(), dtype=np.float64)


KINDS: dict[str, tuple[int, Callable[[Floats], Floats]]] = {
    "rodrigues": (3, _from_rodrigues),
    "euler-bunge": (3, _from_bunge),
    "euler-kocks": (3, _from_kocks),
    "euler-roe": (3, _from_roe),
    "rotmat": (9, _from_matrices),
    "axis-angle": (4, _from_axis_and_angle),
    "quaternion": (4, _from_quaternions),
}
