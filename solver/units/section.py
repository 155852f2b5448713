"""What all parts of a case have in common."""

from pydantic import BaseModel, ConfigDict

STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Section(BaseModel):
    """A part of a case: never changed once read."""

    model_config = ConfigDict(**STRICT, validate_default=True)
