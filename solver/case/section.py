"""What all parts of a case have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of a case: never changed once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
