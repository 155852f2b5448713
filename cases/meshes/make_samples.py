"""Makes the sample images and meshes in this folder: python3 make_samples.py"""

from pathlib import Path

import gmsh
import numpy as np
from PIL import Image
from scipy.spatial import Voronoi, cKDTree
from scipy.spatial.transform import Rotation
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkIOXML import vtkXMLImageDataWriter

HERE = Path(__file__).parent


def labels(shape: tuple[int, ...], count: int, seed: int) -> np.ndarray:
    """Voronoi grains 1, 2, ... in a ball, 0 around it."""
    rng = np.random.default_rng(seed)
    middle, radius = np.array(shape) / 2, 0.46 * min(shape)
    points = np.indices(shape).reshape(len(shape), -1).T + 0.5
    seeds = middle + rng.uniform(-radius, radius, size=(40 * count, len(shape)))
    seeds = seeds[np.linalg.norm(seeds - middle, axis=1) < 0.9 * radius]
    chosen = [seeds[0]]
    for candidate in seeds:
        apart = 0.9 * radius / count ** (1 / len(shape))
        if len(chosen) < count and cKDTree(chosen).query(candidate)[0] > apart:
            chosen.append(candidate)
    grain = cKDTree(chosen).query(points)[1] + 1
    grain[np.linalg.norm(points - middle, axis=1) > radius] = 0
    return grain.reshape(shape).astype(np.uint8)


def write_images() -> None:
    """A section, and stacks of them."""
    np.save(HERE / "section.npy", labels((160, 160), 15, 1).T)
    stack = [Image.fromarray(page) for page in labels((48, 48, 48), 8, 2).T]
    stack[0].save(
        HERE / "stack.tif", save_all=True, append_images=stack[1:], compression="tiff_deflate"
    )
    write_volume("volume.vti", labels((48, 48, 48), 8, 3))
    write_volume("segmented.vti", labels((100, 100, 100), 20, 4))


def write_volume(name: str, volume: np.ndarray) -> None:
    """Labels of voxels as an image of VTK."""
    image = vtkImageData()
    image.SetDimensions(*(n + 1 for n in volume.shape))
    values = numpy_to_vtk(volume.ravel(order="F"), deep=True)
    values.SetName("grain")
    image.GetCellData().SetScalars(values)
    writer = vtkXMLImageDataWriter()
    writer.SetFileName(str(HERE / name))
    writer.SetInputData(image)
    writer.SetDataModeToBinary()
    writer.Write()


def write_map() -> None:
    """A section as electron diffraction maps it: coloured grains, speckles, black gaps."""
    grain, rng = labels((180, 180), 14, 5).T, np.random.default_rng(6)
    colours = rng.integers(40, 230, (int(grain.max()) + 1, 3)).astype(np.uint8)
    colours[0] = 255
    picture = colours[grain]
    inside = np.argwhere(grain > 0)
    for row, column in rng.choice(inside, 250):  # of another grain's colour, 1 to 6 pixels
        height, width = rng.integers(1, 3), rng.integers(1, 4)
        other = colours[rng.integers(1, len(colours))]
        picture[row : row + height, column : column + width] = other
    row, column = rng.choice(inside, 900).T
    picture[row, column] = 0
    picture[grain == 0] = 255
    Image.fromarray(picture).save(HERE / "map.png", optimize=True)


def write_disc() -> None:
    """A core and six wedges around it, in um, with the groups of this program."""
    occ = gmsh.model.occ
    core = [(2, occ.addDisk(0, 0, 0, 0.8, 0.8))]
    whole = [(2, occ.addDisk(0, 0, 0, 2, 2))]
    turns = np.pi / 3 * np.arange(6)
    rays = [
        (1, occ.addLine(*(occ.addPoint(r * np.cos(t), r * np.sin(t), 0) for r in (0.8, 2))))
        for t in turns
    ]
    ring, _ = occ.cut(whole, core, removeTool=False)
    parts, _ = occ.fragment(ring + core, rays)
    occ.synchronize()
    surfaces = [tag for d, tag in parts if d == 2]
    at_centre = [s for s in surfaces if np.linalg.norm(occ.getCenterOfMass(2, s)) < 0.7]
    gmsh.model.addPhysicalGroup(2, at_centre, name="grain_0")
    for number, tag in enumerate(sorted(set(surfaces) - set(at_centre)), start=1):
        gmsh.model.addPhysicalGroup(2, [tag], name=f"grain_{number}")
    write("disc.msh", 0.25)


def write_block() -> None:
    """Eight boxes in nm, named as Neper names its cells; its base is a surface of its own."""
    occ = gmsh.model.occ
    cuts = [0, 900, 2000], [0, 1100, 2000], [0, 1000, 2000]
    boxes = [
        (3, occ.addBox(x[0], y[0], z[0], x[1] - x[0], y[1] - y[0], z[1] - z[0]))
        for x in (cuts[0][:2], cuts[0][1:])
        for y in (cuts[1][:2], cuts[1][1:])
        for z in (cuts[2][:2], cuts[2][1:])
    ]
    occ.fragment(boxes[:1], boxes[1:])
    occ.synchronize()
    for number, (_, tag) in enumerate(gmsh.model.getEntities(3), start=1):
        gmsh.model.addPhysicalGroup(3, [tag], name=f"cell{number}")
    base = [s for _, s in gmsh.model.getEntities(2) if occ.getCenterOfMass(2, s)[2] < 1]
    gmsh.model.addPhysicalGroup(2, base, name="base")
    write("block.msh", 450)


def write_neper() -> None:
    """Twelve grains that fill a cube of edge 1, in the layout of Neper 4.10 (mesh version 2.3)."""
    seeds = relaxed_seeds(12, seed=11)
    tessellation = in_cube(seeds)
    geometry = gmsh.model.geo
    points, lines = {}, {}

    def line(a: int, b: int) -> int:
        for end in (a, b):
            if end not in points:
                points[end] = geometry.addPoint(*tessellation.vertices[end])
        low, high = min(a, b), max(a, b)
        if (low, high) not in lines:
            lines[low, high] = geometry.addLine(points[low], points[high])
        return lines[low, high] if a < b else -lines[low, high]

    around = [[] for _ in seeds]
    for pair, corners in tessellation.ridge_dict.items():
        own = [number for number in pair if number < len(seeds)]
        if own:
            loop = [line(a, b) for a, b in zip(corners, np.roll(corners, -1), strict=True)]
            face = geometry.addPlaneSurface([geometry.addCurveLoop(loop)])
            for number in own:
                around[number].append(face)
    for faces in around:
        geometry.addVolume([geometry.addSurfaceLoop(faces)])
    geometry.synchronize()
    gmsh.option.setNumber("Mesh.MeshSizeMax", 0.2)
    gmsh.model.mesh.generate(3)
    turns = Rotation.random(len(seeds), np.random.default_rng(9)).as_quat()
    (HERE / "neper.msh").write_text("\n".join(neper_lines(turns[:, :3] / turns[:, 3:])) + "\n")
    gmsh.clear()


def in_cube(seeds: np.ndarray) -> Voronoi:
    """Tessellation of the unit cube: of seeds and of their mirror images beyond its sides."""
    images = [seeds]
    for axis in range(3):
        for side in (0, 1):
            images.append(seeds.copy())
            images[-1][:, axis] = 2 * side - seeds[:, axis]
    return Voronoi(np.vstack(images))


def relaxed_seeds(count: int, seed: int) -> np.ndarray:
    """Seeds in the unit cube, moved to the middles of their cells a few times."""
    points = np.random.default_rng(seed).uniform(size=(40000, 3))
    seeds = points[:count]
    for _ in range(8):
        cell = cKDTree(seeds).query(points)[1]
        seeds = np.array([points[cell == number].mean(axis=0) for number in range(count)])
    return seeds


def neper_lines(rodrigues: np.ndarray) -> list[str]:
    """The mesh at hand as Neper writes it: names of all entities, sets of facets, orientations."""
    tags, places, _ = gmsh.model.mesh.getNodes()
    order = np.argsort(tags)
    places = places.reshape(-1, 3)[order]
    elements, names = [], []
    for d, (kind, called) in enumerate(((15, "ver"), (1, "edge"), (2, "face"), (4, "poly"))):
        for number, (_, tag) in enumerate(gmsh.model.getEntities(d), start=1):
            names.append(f'{d} {number} "{called}{number}"')
            nodes = gmsh.model.mesh.getElementsByType(kind, tag)[1]
            own = np.searchsorted(tags[order], nodes).reshape(-1, d + 1) + 1
            elements += [(kind, 3, number, number, 0, *corners) for corners in own.tolist()]
    parts = {
        "MeshFormat": ["2.2 0 8"],
        "MeshVersion": ["2.3"],
        "Domain": ["cube"],
        "Nodes": numbered([" ".join(f"{x:.9f}" for x in place) for place in places]),
        "Elements": numbered([" ".join(map(str, own)) for own in elements]),
        "Fasets": faset_lines(elements, places),
        "PhysicalNames": [str(len(names)), *names],
        "ElsetCrySym": ["hexagonal"],
        "ElsetOrientations": numbered([" ".join(f"{x:.9f}" for x in r) for r in rodrigues]),
        "Groups": ["elset", *numbered(["1"] * len(rodrigues))],
    }
    parts["ElsetOrientations"][0] += " rodrigues:passive"
    return [line for name, own in parts.items() for line in (f"${name}", *own, f"$End{name}")]


def numbered(lines: list[str]) -> list[str]:
    """Their count, then the lines, each after its number."""
    return [str(len(lines)), *(f"{number} {line}" for number, line in enumerate(lines, start=1))]


def faset_lines(elements: list[tuple[int, ...]], places: np.ndarray) -> list[str]:
    """The sides x0, x1, ... of the cube: of each facet the element behind it and its points."""
    behind = {
        frozenset(own[5:]) - {left}: number
        for number, own in enumerate(elements, start=1)
        for left in own[5:]
        if own[0] == 4
    }
    triangles = [own[5:] for own in elements if own[0] == 2]
    lines = ["6"]
    for axis, name in enumerate("xyz"):
        for end in (0, 1):
            off = np.abs(places[np.array(triangles) - 1, axis] - end)
            side = [triangles[k] for k in np.nonzero(off.max(axis=1) < 1e-6)[0]]
            lines += [f"{name}{end}", str(len(side))]
            lines += [" ".join(map(str, (behind[frozenset(own)], *own))) for own in side]
    return lines


def write(name: str, size: float) -> None:
    """Mesh the model at hand and write it as text of format 4.1."""
    gmsh.option.setNumber("Mesh.MeshSizeMax", size)
    dimension = gmsh.model.getDimension()
    facets = [tag for _, tag in gmsh.model.getEntities(dimension - 1)]
    sides = [len(gmsh.model.getAdjacencies(dimension - 1, tag)[0]) for tag in facets]
    for group, count in (("boundary", 2), ("outer", 1)):
        chosen = [tag for tag, n in zip(facets, sides, strict=True) if n == count]
        gmsh.model.addPhysicalGroup(dimension - 1, chosen, name=group)
    gmsh.model.mesh.generate(dimension)
    gmsh.write(str(HERE / name))
    gmsh.clear()


if __name__ == "__main__":
    write_images()
    write_map()
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    write_disc()
    write_block()
    write_neper()
    gmsh.finalize()
