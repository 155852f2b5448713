"""Files that were cut, overwritten, or made to claim what they do not hold."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image

NESTS = ("[", "{a: ", "- ", "? ", "a:\n ")
DTYPES = ("<i8", "<f8", "|u1", "|b1", "<c16", "|O", "<U3", ">u2", "|V4", "<M8[s]", "<f2")


def damaged(content: bytes, rng: Random) -> bytes:
    """Content with bytes lost, changed, doubled or put in."""
    if not content:
        return rng.randbytes(rng.randrange(50))
    a, b = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    match rng.randrange(8):
        case 0:
            return content[:a]
        case 1:
            return content[:a] + content[b:]
        case 2:
            return content[:b] + content[a:]
        case 3:
            return content[:a] + rng.randbytes(rng.randrange(1, 20)) + content[a:]
        case 4:
            return b""
    changed, reach = bytearray(content), rng.choice((100, 1000, len(content)))
    for _ in range(rng.choice((1, 3, 20))):
        changed[rng.randrange(min(len(changed), reach))] = rng.randrange(256)
    return bytes(changed)


def damaged_yaml(content: bytes, rng: Random) -> bytes:
    """A YAML text with faults of its own kind."""
    lines = content.decode().split("\n")
    k = rng.randrange(len(lines))
    match rng.randrange(14):
        case 0:
            lines[k] = " " * rng.randrange(1, 9) + lines[k]
        case 1:
            lines[k] = "\t" + lines[k].lstrip()
        case 2:
            lines.insert(k, lines[rng.randrange(len(lines))])
        case 3:
            lines[k] = lines[k].replace(":", rng.choice(("", " :", "::", ":\t", ": &a ", ": *a")))
        case 4:
            nest, depth = rng.choice(NESTS), rng.choice((5, 30, 300, 3000))
            lines.insert(k, f"nest: {nest * depth}{'1]'[: rng.randrange(3)] * depth}")
        case 5:
            lines = _with_aliases(lines, rng)
        case 6:
            return "\r\n".join(lines).encode(rng.choice(("utf-8", "utf-16", "utf-8-sig", "utf-32")))
        case 7:
            lines[k] += rng.choice((" !!set", " !!python/object:x.y z", " !!binary =", " |99"))
        case 8:
            odd = ("---", "...", "%YAML 2.0", "? [a, b]", "<<: 1", "!", "- 1")
            lines.insert(k, rng.choice(odd))
        case 9:
            lines[k] += rng.choice("'\"]}[{#@`&*é\x07")
        case 10:
            lines.insert(k, "k: " + rng.choice(("x" * 300_000, "[1, " * 9_000, "é" * 9_000)))
        case 11:
            lines += [f"k{number}: {number}" for number in range(2_000)]
        case _:
            return damaged(content, rng)
    return "\n".join(lines).encode()


def _with_aliases(lines: list[str], rng: Random) -> list[str]:
    """Aliases of aliases, many or few."""
    wide, deep = rng.choice(((9, 9), (1, 60), (2, 12), (1, 3)))
    rows = ["a0: &a0 {x: 1}"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * wide)}]" for n in range(1, deep)
    ]
    return [*rows, *lines, f"particle: *a{deep - 1}" if rng.random() < 0.5 else ""]


def header(rng: Random) -> bytes:
    """A .npy file whose header claims an array, whatever follows it."""
    shape = tuple(rng.choice((0, 1, 2, 7, 100, 10**4, 10**12, -1)) for _ in range(rng.randrange(5)))
    described = {"descr": rng.choice(DTYPES), "fortran_order": rng.random() < 0.5, "shape": shape}
    file = BytesIO()
    np.lib.format.write_array_header_1_0(file, described)
    return file.getvalue() + rng.randbytes(rng.choice((0, 8, 49, 800, 10_000)))


def labels(rng: Random) -> np.ndarray:
    """Labels of a strange image: empty, of one pixel, noise, one grain, lines, huge numbers."""
    shape = tuple(rng.choice((0, 1, 2, 3, 9, 40)) for _ in range(rng.choice((1, 2, 2, 2, 3, 3, 4))))
    draw = np.random.default_rng(rng.randrange(2**32))
    most = rng.choice((1, 2, 3, 300))
    values = draw.integers(rng.choice((0, 0, -1)), most + 1, shape)
    if rng.random() < 0.4:  # blocks in place of noise
        values = np.indices(shape).sum(axis=0) // 5 % (most + 1)
    kind = rng.choice(("i8", "u1", "f8", "f4", "?", "c8", "nan", "2**62", "U2"))
    if kind == "nan":
        return np.where(values == 0, np.nan, values)
    return values * 2**62 if kind == "2**62" else values.astype(kind)


def npy(rng: Random) -> bytes:
    file = BytesIO()
    np.save(file, np.asarray(labels(rng), order=rng.choice(("C", "F"))))
    return file.getvalue()


def picture(kind: str) -> Callable[[Random], bytes]:
    """What draws a picture of strange labels, grey, indexed or coloured."""

    def draw(rng: Random) -> bytes:
        width, height = rng.choice((1, 2, 5, 40)), rng.choice((1, 3, 40))
        mode = rng.choice(("1", "L", "P", "I;16", "RGB", "RGBA", "LA", "F", "CMYK", "I"))
        most = rng.choice((1, 3, 255))
        bands = {"RGB": 3, "RGBA": 4, "LA": 2, "CMYK": 4}.get(mode)
        shape = (height, width) if bands is None else (height, width, bands)
        dtype = {"I;16": np.uint16, "F": np.float32, "I": np.int32}.get(mode, np.uint8)
        values = np.random.default_rng(rng.randrange(2**32)).integers(0, most + 1, shape)
        image = Image.fromarray(values.astype(dtype), None if mode in ("1", "P") else mode)
        image = image.convert(mode) if mode in ("1", "P") else image
        file = BytesIO()
        try:
            image.save(file, kind)
        except (OSError, ValueError):  # not every format has every mode
            Image.fromarray(values.astype(np.uint8).reshape(height, -1)).save(file, kind)
        return file.getvalue()

    return draw


def table(rng: Random) -> bytes:
    """A CSV file of axes that are none."""
    cells = ("0", "1", "-1", "nan", "inf", "1e999", "", "x", "0.5", "é", " ", "1;2", '"')
    rows = rng.choice((0, 1, 7, 8, 9, 2_000))
    lines = [",".join(rng.choices(cells[: rng.choice((3, 13))], k=rng.choice((2, 3, 3, 3, 4))))]
    return "\n".join(lines * rows).encode()


def msh(rng: Random) -> bytes:
    """A Gmsh file of a few lines that claims more, or less, or nothing."""
    version = rng.choice(("4.1 0 8", "4.1 1 8", "2.2 0 8", "4.0 0 8", "9.9 0 8", "x", "4.1 0 4"))
    count = rng.choice(("0", "1", "4", "-1", "1000000000000", "x", ""))
    parts = [
        f"$MeshFormat\n{version}\n$EndMeshFormat",
        f'$PhysicalNames\n{count}\n2 1 "grain_0"\n$EndPhysicalNames',
        f"$Nodes\n{count} {count}\n1 0 0 0\n2 1 0 0\n3 0 1 0\n$EndNodes",
        f"$Elements\n{count}\n1 2 2 1 1 1 2 3\n$EndElements",
    ]
    return "\n".join(rng.sample(parts, rng.randrange(5)) if rng.random() < 0.4 else parts).encode()
