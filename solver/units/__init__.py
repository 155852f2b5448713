"""Units, quantities and what every section of a case has in common."""
