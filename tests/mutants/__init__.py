"""Bugs that the tests must notice: a list of them, and a script that puts them in one by one.

    ./intergrain python -m tests.mutants -j 2                     # all of them, an hour or so
    ./intergrain python -m tests.mutants half-the-crack-area film-not-bridged
    ./intergrain python -m tests.mutants --all-tests film-not-bridged    # not only those named

Every entry of the YAML files here is a bug somebody could make: what is wrong, the file, a text
that stands there exactly once and what it becomes, and the tests that should notice it. The script
runs these tests in a copy of the tree, first as it is, then with each bug, and tells which bugs
were noticed. `tests/unit/test_mutants.py` sees to it that every entry still fits the code; whoever
changes a line that an entry names changes the entry.

It is no part of the continuous checks. Mutation tools (mutmut, cosmic-ray) make bugs themselves, by
operators on every line, and take no list of chosen ones: here that would be tens of thousands, at
seconds or minutes each, and hardly a confusion of physics among them.
"""
