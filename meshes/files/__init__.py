"""Meshes read, written and kept."""
