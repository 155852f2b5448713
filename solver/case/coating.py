"""What a case may say about a coating."""

from typing import Annotated

from pydantic import Field

from solver.units import usual
from solver.units.measures import Length
from solver.units.section import Section


class CoatingCase(Section):
    """A shell of Li3PO4 around the particle; the particle's own radius stays."""

    thickness: Annotated[Length, usual.FILM] = Field(
        ge=1e-9, description="Thickness of the shell", examples=["10 nm"]
    )
    coverage: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Part of the outside that is coated; pinholes lie bare",
        examples=[1.0, 0.9],
    )
