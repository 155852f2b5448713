"""Which terms are on: physics, materials and fields summed into systems of equations."""
