"""What a user sees of a model at a moment: a row of the history, and a snapshot.

Each group of columns has a file, in which they are declared beside their values: who adds a column
to a group touches that file only. `moment` lists the groups. What slow mechanisms show is declared
where they are (`solver.mechanisms`).
"""
