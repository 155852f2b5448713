"""What pydantic finds wrong with a case, in the words of its user, with a hint."""

from collections.abc import Callable
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from solver.text.messages import shown
from solver.text.problems import Place, Problem, nearest
from solver.units.measures import Quantity


def translate(
    error: ValidationError,
    model: type[BaseModel],
    locate: Callable[[Place], tuple[str, int | None]],
) -> list[Problem]:
    """Return pydantic's errors as problems; `locate` maps a place in the case to (file, line)."""
    return [
        Problem(*locate(_as_written(item)), _message(item, model))
        for item in error.errors(include_url=False)
    ]


def _as_written(item: Any) -> Place:
    """Place of an error as the user writes it: pydantic adds what a particle's shape comes from."""
    from solver.case.particle import PARTICLES

    place: Place = item["loc"]
    if place == ("particle",) and item["type"].startswith("union_tag"):
        return "particle", "shape"
    added = place[:1] == ("particle",) and place[1:2] and place[1] in PARTICLES
    return place[:1] + place[2:] if added else place


def _message(item: Any, model: type[BaseModel]) -> str:
    from solver.protocol import keys_of

    place: Place = item["loc"]
    path = ".".join(map(str, _as_written(item)))
    value, context = item["input"], item.get("ctx", {})
    match item["type"]:
        case "extra_forbidden":
            parent = _model_at(model, place[:-1])
            hint = nearest(str(place[-1]), keys_of(parent).values() if parent else [])
            return f"unknown key '{path}' ({hint})"
        case "missing":
            return f"required key '{path}' is missing"
        case "union_tag_not_found" if place == ("particle",):
            return f"{path}: {_not_a_shape(value)}"
        case "union_tag_invalid" | "union_tag_not_found":
            return f"{path}: {_not_a_step(value)}"
        case "literal_error":
            return f"{path}: expected {context['expected']}, got {shown(value)}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{path}: expected a mapping of keys, got {shown(value)}"
        case "infeasible":
            return f"{path}: {context['why']}"
        case "value_error":
            return f"{path}: {context['error']}" if path else str(context["error"])
    text = item["msg"].replace("Input should be", "should be")
    return f"{path}: {text}{_unit_at(model, place)}, got {shown(value)}"


def _unit_at(model: type[BaseModel], place: Place) -> str:
    """Return the SI unit of the quantity at a place, with a space before it, or nothing."""
    parent = _model_at(model, place[:-1])
    if parent is None or place[-1] not in parent.model_fields:
        return ""
    field = parent.model_fields[str(place[-1])]
    inner = [item for argument in get_args(field.annotation) for item in get_args(argument)]
    return next((f" {q.unit}" for q in (*field.metadata, *inner) if isinstance(q, Quantity)), "")


def _not_a_shape(particle: dict[str, Any]) -> str:
    from solver.case.particle import SHAPES

    if "shape" in particle:
        shape = particle["shape"]
        return f"unknown shape {shown(shape)} ({nearest(str(shape), SHAPES)})"
    path = str(particle.get("path", ""))
    wanted = "file" if path.endswith(".msh") or "unit" in particle else "image"
    return f"required key 'shape' is missing: 'shape: {wanted}' for a particle in {shown(path)}"


def _not_a_step(step: Any) -> str:
    from solver.protocol import STEPS

    if isinstance(step, dict) and len(step) == 1:
        name = str(next(iter(step)))
        return f"unknown step {shown(name)} ({nearest(name, STEPS)})"
    return (
        "expected one step, such as 'Charge at C/3 until 4.2 V' or 'charge: {rate: C/3, ...}'; "
        f"known: {', '.join(STEPS)}"
    )


def _model_at(model: type[BaseModel] | None, place: Place) -> type[BaseModel] | None:
    """Return the model that stands at a place of the case, if one does."""
    from solver.case.particle import PARTICLES
    from solver.protocol import STEPS

    variants: dict[str, type[BaseModel]] = {**STEPS, **PARTICLES}
    for key in place:
        if model is None:
            return None
        if isinstance(key, int):
            continue
        if key in variants and key not in model.model_fields:
            model = variants[key]
        elif key in model.model_fields and key not in ("protocol", "particle", "steps"):
            model = _model_in(model.model_fields[key].annotation)
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside `Model`, `Model | None` or a tuple of such."""
    while get_origin(annotation) in (Union, UnionType, tuple):
        annotation = next((a for a in get_args(annotation) if a is not type(None)), None)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None
