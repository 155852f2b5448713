"""YAML from anyone: read with its lines, within bounds of depth and of what aliases stand for."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from solver.text.messages import one_line, shown

DEEPEST = 40  # levels of lists and mappings
MOST_VALUES = 200_000  # every alias replaced by what it stands for
KINDS = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge")
TOO_DEEP = f"more than {DEEPEST} lists and mappings, one within another"


class YamlTextError(ValueError):
    """A text that is no YAML, or too much of it. line: from 1, None if unknown."""

    def __init__(self, line: int | None, why: str) -> None:
        super().__init__(why)
        self.line = line


def parse(text: str) -> Any:
    """Return what a YAML text says, with its lines. Raises YamlTextError."""
    yaml = YAML(typ="rt")
    yaml.Composer, yaml.Constructor = _Bounded, _Placed
    try:
        return yaml.load(text)
    except YamlTextError:
        raise
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        why = f"the character {chr(error.character)!r} is not allowed in YAML"
        raise YamlTextError(line, why) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise YamlTextError(mark.line + 1 if mark else None, _first_line(error)) from error
    except YAMLError as error:
        raise YamlTextError(None, str(error).splitlines()[0]) from error
    except Exception as error:  # of versions and tags, ruamel raises what it meets
        why = f"is not valid YAML: {one_line(str(error)) or type(error).__name__}"
        raise YamlTextError(None, why) from error


class _Placed(RoundTripConstructor):
    """Constructs values, and tells the line of those that cannot be."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Return the value of a node."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError) as error:  # a date without its month, a number too long
            if isinstance(error, YamlTextError):
                raise
            why = f"cannot be read as {_kind(node)}: {shown(node.value)}"
            raise YamlTextError(node.start_mark.line + 1, why) from error


class _Extent(NamedTuple):
    """What a node is with every alias in it replaced by what it stands for."""

    values: int
    levels: int


class _Bounded(Composer):
    """Composes nodes, and stops where they lie too deep or stand for too many values."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self.level = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return the next node."""
        line = self.parser.peek_event().start_mark.line + 1
        if self.level > DEEPEST:
            raise YamlTextError(line, TOO_DEEP)
        self.level += 1
        node = super().compose_node(parent, index)
        self.level -= 1
        return node

    def compose_document(self) -> Any:
        """Return the whole document."""
        root = super().compose_document()
        _measure(root, {})
        return root


def _measure(node: Node, known: dict[int, _Extent | None]) -> _Extent:
    """Return the extent of a node; known: those of lists and mappings, None while they are open.

    An alias stands behind what it repeats, whose extent is known by then.
    """
    line = node.start_mark.line + 1
    if _kind(node) not in KINDS:
        raise YamlTextError(line, f"the tag {shown(str(node.tag))} means nothing here")
    if not isinstance(node, CollectionNode):
        return _Extent(1, 0)
    if id(node) in known:
        if (shared := known[id(node)]) is None:
            raise YamlTextError(line, "an alias stands for what it is a part of")
        return shared
    known[id(node)] = None
    inner = node.value
    if isinstance(node, MappingNode):
        _require_names(key for key, _ in node.value)
        inner = [part for pair in node.value for part in pair]
    parts = [_measure(part, known) for part in inner]
    extent = _Extent(
        1 + sum(part.values for part in parts), 1 + max((part.levels for part in parts), default=0)
    )
    if extent.levels > DEEPEST:
        raise YamlTextError(line, TOO_DEEP)
    if extent.values > MOST_VALUES:
        raise YamlTextError(line, f"stands for more than {MOST_VALUES} values")
    known[id(node)] = extent
    return extent


def _require_names(keys: Iterable[Node]) -> None:
    for key in keys:
        if _kind(key) not in ("str", "merge"):
            got = shown(key.value) if isinstance(key, ScalarNode) else "a list or mapping"
            raise YamlTextError(key.start_mark.line + 1, f"a key must be a name, got {got}")


def _kind(node: Node) -> str:
    """Return the kind of a value as YAML names it, such as int."""
    return str(node.tag).removeprefix("tag:yaml.org,2002:")


def _first_line(error: MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return ", ".join(parts).splitlines()[0] if parts else "is not valid YAML"
