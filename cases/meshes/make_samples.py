"""Makes the sample images and meshes in this folder: python3 make_samples.py"""

from pathlib import Path

import gmsh
import numpy as np
from PIL import Image
from scipy.spatial import cKDTree
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
    """A section, and two stacks."""
    np.save(HERE / "section.npy", labels((160, 160), 15, 1).T)
    stack = [Image.fromarray(page) for page in labels((48, 48, 48), 8, 2).T]
    stack[0].save(
        HERE / "stack.tif", save_all=True, append_images=stack[1:], compression="tiff_deflate"
    )
    volume, image = labels((48, 48, 48), 8, 3), vtkImageData()
    image.SetDimensions(*(n + 1 for n in volume.shape))
    values = numpy_to_vtk(volume.ravel(order="F"), deep=True)
    values.SetName("grain")
    image.GetCellData().SetScalars(values)
    writer = vtkXMLImageDataWriter()
    writer.SetFileName(str(HERE / "volume.vti"))
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
    gmsh.finalize()
