"""How the equations are solved: blocks of fields, lagged factors, Newton, time stepping."""
