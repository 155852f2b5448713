"""Tests; a package, so that ranks started by a test can import what they run."""
