"""A file that keeps its first error, for libraries that cannot close one that fails."""

from collections.abc import Callable
from io import FileIO


class LenientFile(FileIO):
    """A file that can be attempted to change: after its first error nothing is done any more.

    HDF5 writes through such files; whoever opened one looks at `error` at the end.
    """

    error: OSError | None = None

    def attempt(self, action: Callable[[], object]) -> None:
        """Do it unless something has failed before; keep what fails."""
        try:
            if self.error is None:
                action()
        except OSError as error:
            self.error = error
