"""Films between grains, coatings around them: layers of cells added to a mesh."""
