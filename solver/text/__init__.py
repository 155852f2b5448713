"""Text that a user gives: YAML files with their lines, and what is wrong in them."""
