"""The page of every key that a case may have, from the schema that editors read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from docs.writing.tables import code, plain, table

Node: TypeAlias = Mapping[str, Any]
HEAD = """# Every key of a case

Made from the schema of cases (`cases/schema.json`), with which editors complete and check them.
Values with a unit are strings such as `10 min`; a bare number is in the SI unit that is named.
What must be given says so; all else has a default, or may be left out.
"""
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
}


class Part(NamedTuple):
    """A mapping of a case: where it stands, and what the schema says of it."""

    path: str
    node: Node


def page(schema: Node) -> str:
    """Return the page."""
    parts = list(_parts(schema, Part("", schema), set()))
    return "\n".join([HEAD, *(_section(schema, part) for part in parts)])


def _parts(schema: Node, part: Part, seen: set[tuple[str, str]]) -> Iterator[Part]:
    """Yield a mapping, then those within it, each once at each place."""
    key = (part.path, str(part.node.get("description", "")))
    if key in seen or len(part.path.split(".")) > 6:
        return
    seen.add(key)
    if part.node.get("properties"):
        yield part
    for name, node in part.node.get("properties", {}).items():
        path = f"{part.path}.{name}".lstrip(".")
        for inner, many in _mappings(schema, node):
            yield from _parts(schema, Part(path + (many and ".N"), inner), seen)


def _mappings(schema: Node, node: Node, many: str = "") -> Iterator[tuple[Node, str]]:
    """Yield the mappings that a value may be, or hold in a list."""
    node = _resolved(schema, node)
    if node.get("properties"):
        yield node, many
    for kind in ("oneOf", "anyOf", "allOf"):
        for choice in node.get(kind, ()):
            if not set(choice) <= {"required"}:
                yield from _mappings(schema, choice, many)
    if isinstance(node.get("items"), Mapping):
        yield from _mappings(schema, node["items"], ".N")


def _resolved(schema: Node, node: Node) -> Node:
    """The definition that a node refers to, with what the node itself says."""
    if "$ref" not in node:
        return node
    name = node["$ref"].rpartition("/")[2]
    return {**schema["$defs"][name], **{k: v for k, v in node.items() if k != "$ref"}}


def _section(schema: Node, part: Part) -> str:
    title = code(part.path) if part.path else "A case"
    rows = [
        (code(name), *_row(schema, _resolved(schema, node)))
        for name, node in part.node["properties"].items()
    ]
    level = "##" if part.path.count(".") == 0 else "###"
    about = plain(" ".join(str(part.node.get("description", "")).split("\n\n")))
    return f"{level} {title}\n\n{about}\n\n" + table(
        ("key", "what it is", "value", "default"), rows
    )


def _row(schema: Node, node: Node) -> tuple[str, str, str]:
    default = code(json.dumps(node["default"])) if "default" in node else ""
    if isinstance(node.get("default"), (dict, list)):
        default = "see below" if node["default"] else default
    about = plain(str(node.get("description", "")).replace("\n\n", " "))
    examples = ", ".join(code(_written(each)) for each in node.get("examples", ()))
    return about, "; ".join(_values(schema, node)) + (examples and f" e.g. {examples}"), default


def _written(example: Any) -> str:
    """An example as a case has it."""
    return example if isinstance(example, str) else json.dumps(example)


def _values(schema: Node, node: Node) -> list[str]:
    """What a value may be, without repeating."""
    node = _resolved(schema, node)
    found: list[str] = []
    choices = [*node.get("oneOf", ()), *node.get("anyOf", ()), *node.get("allOf", ())]
    if {choice.get("type") for choice in choices} == {"number", "string"}:
        return ["quantity"]
    for choice in choices:
        found += _values(schema, choice)
    if not choices:
        found.append(_value(schema, node))
    found += [words.format(f"{node[key]:g}") for key, words in LIMITS.items() if key in node]
    return [words for words in dict.fromkeys(found) if words]


def _value(schema: Node, node: Node) -> str:
    if "enum" in node:
        return " or ".join(code(str(each)) for each in node["enum"])
    if "const" in node:
        return code(str(node["const"]))
    if node.get("properties"):
        return "mapping"
    if node.get("type") in ("number", "string") and "description" in node:
        about = str(node["description"])
        return plain(about) if about.startswith("a") else str(node["type"])
    if isinstance(node.get("items"), Mapping):
        return "list of " + " or ".join(_values(schema, node["items"]))
    return {"boolean": "true or false", "null": "nothing", "object": "mapping"}.get(
        str(node.get("type", "")), str(node.get("type", ""))
    )
