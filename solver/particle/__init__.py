"""The particle as DOLFINx sees it: mesh, grains, boundaries between grains, spaces."""
