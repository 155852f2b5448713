"""A name that something does not have."""

from collections.abc import Iterable

from solver.text.problems import nearest


class UnknownNameError(KeyError, ValueError):
    """Says in a sentence what is lacking, and which name there is that is nearest."""

    def __init__(self, lacking: str, name: str, known: Iterable[str]) -> None:
        """lacking: the sentence up to the name, such as `the run has no figure`."""
        super().__init__(f"{lacking} '{name}'; {nearest(name, known)}")

    __str__ = Exception.__str__  # that of a KeyError would put it in quotes
