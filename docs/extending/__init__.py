"""What the page on extending shows."""
