"""What may go wrong."""


class MeshError(RuntimeError):
    """A particle could not be tessellated or meshed; the message says why."""
