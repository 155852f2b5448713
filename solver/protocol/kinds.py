"""All kinds of steps, and what a user may write as an item of a protocol."""

from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Discriminator, GetCoreSchemaHandler, GetJsonSchemaHandler, Tag
from pydantic_core import CoreSchema, core_schema

from solver.protocol.base import Step
from solver.protocol.current import Charge, Discharge
from solver.protocol.hold import Hold
from solver.protocol.impedance import Impedance
from solver.protocol.load import Load
from solver.protocol.pulses import Pulse
from solver.protocol.ramp import Cool, Heat, Ramp
from solver.protocol.rate_test import RateTest
from solver.protocol.repeat import Check, Repeat
from solver.protocol.rest import Rest
from solver.protocol.sweep import Sweep
from solver.protocol.text import Settings, Words

KINDS: tuple[type[Step], ...] = (
    Charge,
    Discharge,
    Hold,
    Rest,
    Sweep,
    Ramp,
    Heat,
    Cool,
    Pulse,
    RateTest,
    Impedance,
    Load,
    Repeat,
)
STEPS: dict[str, type[Step]] = {kind.kind: kind for kind in KINDS}
TABLES = tuple(table for kind in KINDS for table in kind.tables)
WRITTEN = {kind.kind: kind for kind in KINDS if kind.sentence}


def read_step(text: str) -> Settings:
    """Return the mapping that a text stands for; ValueError points at the word it fails on."""
    words = Words(text)
    kind = words.need(*WRITTEN)
    mapping = WRITTEN[kind].from_words(words)
    words.end()
    return mapping


def _kind(value: Any) -> str | None:
    if isinstance(value, Step):
        return value.kind
    if isinstance(value, dict) and len(value) == 1:
        return str(next(iter(value)))
    return None


class _OrText:
    """Steps may be written as text; `read_step` turns it into the mapping."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        def read(value: Any) -> Any:
            return read_step(value) if isinstance(value, str) else value

        return core_schema.no_info_before_validator_function(read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors that a text is welcome as well."""
        text = {"type": "string", "description": 'a step such as "Charge at C/3 until 4.5 V"'}
        return {"anyOf": [text, handler(schema)]}


if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = Annotated[
        Union[tuple(Annotated[kind, Tag(kind.kind)] for kind in KINDS)],  # noqa: UP007
        Discriminator(_kind),
        _OrText(),
    ]
    for model in (Check, *KINDS):
        model.model_rebuild(_types_namespace={"AnyStep": AnyStep})
