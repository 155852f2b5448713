"""From the bodies of grains to meshes by Gmsh, in a process of its own."""
