"""From labelled images to smooth conforming meshes."""
