"""What editors show of every key of a case: what it means, its unit, and an example.

Descriptions and examples stand beside the fields of a case (`Field(description=…, examples=…)`).
What follows from a field by itself is added here: of a section its first words, of a quantity its
unit, of a choice the words there are, of a default that default as people write it. What a case has
to say it may leave to the case it is based on: editors do not ask for it, `check` does.
"""

from collections.abc import Iterator, Mapping
from inspect import getdoc
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from solver.case.settings import quantity_of, quantity_text
from solver.protocol import Step, keys_of
from solver.units.measures import Quantity

Schema = dict[str, Any]
TITLE = "A case of intergrain"  # of the schema, which editors show with every key
TYPED = {"µ": "u", "²": "^2", "³": "^3", "°C": "degC", "°": " deg"}  # what keyboards have
TELLING = ("shape",)  # keys that tell which kind of a section is meant


def taught(schema: Schema, case: type[BaseModel]) -> Schema:
    """Return the JSON schema of a case with descriptions, units and examples of all keys."""
    schema["title"] = TITLE
    for inner in schema["$defs"].values():
        inner.pop("title", None)
    for model in models_in(case):
        place = schema if model is case else schema["$defs"].get(model.__name__)
        if place is not None:
            _teach(model, properties_of(model, place))
    for model in _merged_with_bases(case):
        _leave_to_bases(schema if model is case else schema["$defs"][model.__name__])
    return schema


def _merged_with_bases(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The sections of which a case may give a part and leave the rest to the one it is based on.

    Lists are replaced as a whole, and so is what stands in them.
    """
    found = [model]
    for field in model.model_fields.values():
        if not _is_many(field):
            for inner in _models_of(field.annotation):
                found += _merged_with_bases(inner)
    return found


def _leave_to_bases(schema: Schema) -> None:
    """What a section must have may stand in the base, all but what tells the kinds apart."""
    if needed := [key for key in schema.get("required", ()) if key in TELLING]:
        schema["required"] = needed
    else:
        schema.pop("required", None)


def models_in(model: type[BaseModel], found: list[type[BaseModel]] | None = None) -> list[Any]:
    """Return a model and all that its fields may hold, each once."""
    found = [] if found is None else found
    if model not in found:
        found.append(model)
        for field in model.model_fields.values():
            for inner in _models_of(field.annotation):
                models_in(inner, found)
    return found


def properties_of(model: type[BaseModel], schema: Schema) -> Schema:
    """Return the keys in the schema of a model; those of a step lie within its kind."""
    if issubclass(model, Step):
        inside = schema["properties"][model.kind]
        inside["examples"] = [next(iter(example_of(model).values()))]
        schema = inside
    return dict(schema.get("properties", {}))


def example_of(model: type[BaseModel]) -> Any:
    """Return an example of a section or a step, as a user writes it.

    What it gives itself (`example`); else all that it needs, that it is enabled, or its first key.
    """
    own = getattr(model, "example", None)
    if own is None:
        keys = keys_of(model)
        needed = [name for name, field in model.model_fields.items() if field.is_required()]
        first = "enabled" if "enabled" in keys else next(iter(keys))
        known = {name: examples_of(model.model_fields[name]) for name in needed or [first]}
        own = {keys[name]: examples[0] for name, examples in known.items() if examples}
    return {model.kind: own} if issubclass(model, Step) else own


def examples_of(field: FieldInfo) -> list[Any]:
    """Return what a field gives as examples, or those that follow from it; none if nothing does."""
    if field.examples:
        return list(field.examples)
    values = _parts(field.annotation, Literal)
    if values:
        return [value for each in values for value in get_args(each)]
    if bool in _leaves(field.annotation):
        return [True, False]
    default = None if field.is_required() else field.default
    quantity = quantity_of(field)
    if quantity is not None:
        return [_as_written(default, quantity) or quantity.example]
    if isinstance(default, int | float | str):
        return [default]
    models = list(_models_of(field.annotation))
    one = [example_of(models[0])] if models else []
    return [one] if one and _is_many(field) else one


def _teach(model: type[BaseModel], properties: Mapping[str, Schema]) -> None:
    for name, key in keys_of(model).items():
        if key not in properties:
            continue
        field, told = model.model_fields[name], properties[key]
        words = told.get("description") or _first_words(field)
        quantity = quantity_of(field)
        if words and quantity is not None:
            words += f" ({quantity.name}; a plain number is in {quantity.unit})"
        if words and field.is_required():
            words = f"{words.rstrip('.')}. Must be given"
        examples = examples_of(field)
        _drop_what_hides_it(told)
        told |= {"description": words} if words else {}
        told |= {"examples": examples} if examples else {}
        if quantity is not None and (default := _as_written(told.get("default"), quantity)):
            told["default"] = default


def _drop_what_hides_it(told: Schema) -> None:
    """Take away what editors show instead: names of classes, words of alternatives, no defaults.

    A default of nothing, or that of a whole section, would be offered as what to write.
    """
    for part in (told, *_alternatives(told)):
        part.pop("title", None)
        part.pop("description", None)
    if told.get("default") is None or isinstance(told["default"], dict):
        told.pop("default", None)


def _alternatives(told: Schema) -> Iterator[Schema]:
    for part in told.get("anyOf", ()):
        yield part
        yield from _alternatives(part)


def _first_words(field: FieldInfo) -> str | None:
    """The first paragraph of what is told of the section that a field holds."""
    models = list(_models_of(field.annotation))
    told = getdoc(models[0]) if len(models) == 1 else None
    return " ".join(told.split("\n\n")[0].split()) if told else None


def _as_written(value: Any, quantity: Quantity) -> str | None:
    """A default with its unit, None where that is read as something else."""
    if not isinstance(value, int | float):
        return None
    text = quantity_text(value, quantity.unit)
    for shown, typed in TYPED.items():
        text = text.replace(shown, typed)
    try:
        return text if abs(quantity.parse(text) - value) <= 1e-9 * abs(value) else None
    except ValueError:
        return None


def _is_many(field: FieldInfo) -> bool:
    return any(origin in (tuple, list, dict) for origin in _origins(field.annotation))


def _origins(annotation: Any) -> Iterator[Any]:
    yield get_origin(annotation)
    for part in get_args(annotation):
        yield from _origins(part)


def _parts(annotation: Any, origin: Any) -> list[Any]:
    """Those parts of an annotation that are of an origin, of a single value alone."""
    if get_origin(annotation) is origin:
        return [annotation]
    if get_origin(annotation) in (tuple, list, dict):
        return []
    return [found for part in get_args(annotation) for found in _parts(part, origin)]


def _leaves(annotation: Any) -> list[Any]:
    parts = [part for part in get_args(annotation) if part is not NoneType]
    return [leaf for part in parts for leaf in _leaves(part)] if parts else [annotation]


def _models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    for leaf in _leaves(annotation):
        if isinstance(leaf, type) and issubclass(leaf, BaseModel):
            yield leaf
