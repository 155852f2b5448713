"""What was run, in words: the particle, what surrounds it, the mechanisms, the protocol."""

from collections.abc import Mapping, Sequence
from typing import Any

from solver.results.differences import flat
from solver.results.records import Record

Rows = list[tuple[str, str]]
MECHANICAL = ("cohesive", "fatigue", "corrosion", "sliding", "friction", "grain_fracture")
PARTS = ("particle", "initial", "electrode", "materials")
LOADED_PARTS = ("particle", "mechanics", "patches")
OFF = ("no", False)


def settings_of(record: Record) -> dict[str, Any]:
    """Settings with units; of a run that did not write them those in SI, as resolved."""
    return record.settings or record.resolved


def setting(record: Record) -> Rows:
    """The particle and what surrounds it; of a specimen what was loaded, and how."""
    case = settings_of(record)
    return _loaded(case) if record.loaded else _cycled(case)


def _cycled(case: Mapping[str, Any]) -> Rows:
    return _there(
        *((part, told(case.get(part))) for part in PARTS),
        ("1C", told(case.get("c_rate_basis"))),
        ("temperature", told(case.get("temperature"))),
        ("protocol", in_order(case.get("protocol", []))),
    )


def _loaded(case: Mapping[str, Any]) -> Rows:
    materials = case.get("materials", {})
    solid = materials.get("solid")
    return _there(
        ("solid", told(solid)) if solid else ("oxide", told(materials.get("grain"))),
        *((part, told(case.get(part))) for part in LOADED_PARTS),
        *(
            ("load", told({key: value for key, value in load.items() if value not in OFF}))
            for load in case.get("loads", [])
        ),
        ("cracked from the start", told(case.get("precracks"))),
        ("protocol", in_order(case.get("protocol", []))),
    )


def mechanisms(record: Record) -> list[tuple[str, bool, str]]:
    """Every mechanism that could act: whether it does, and its settings if so."""
    laws = []
    for name, section in settings_of(record).get("physics", {}).items():
        if isinstance(section, Mapping) and (name in MECHANICAL or not record.loaded):
            acts = section.get("enabled") not in OFF
            settings = {key: value for key, value in section.items() if key != "enabled"}
            laws.append((name.replace("_", " "), acts, told(settings) if acts else ""))
    return laws


def told(section: Any) -> str:
    """Settings one after another, what is empty left out."""
    if section is None:
        return ""
    return ", ".join(f"{what} {value}".strip() for what, value in flat(section) if value)


def in_order(steps: Sequence[Any]) -> str:
    """Steps of a protocol, one after another; repeats with what they repeat."""
    words = []
    for step in steps:
        for kind, inner in step.items() if isinstance(step, Mapping) else ((str(step), None),):
            text = in_order(inner) if isinstance(inner, list) else told(inner)
            words.append(f"{kind} ({text})" if text else kind)
    return "; ".join(words)


def _there(*rows: tuple[str, str]) -> Rows:
    return [(name, value) for name, value in rows if value]
