"""What was run, in words: the particle, what surrounds it, the mechanisms, the protocol."""

from collections.abc import Mapping, Sequence
from typing import Any

from solver.results.differences import flat
from solver.results.records import Record

Rows = list[tuple[str, str]]
MECHANICAL = ("cohesive", "fatigue", "corrosion", "sliding", "friction", "grain_fracture")
PARTS = ("particle", "initial", "electrode", "materials")
LOADED_PARTS = ("mechanics", "patches")
OFF = ("no", False)


def settings_of(record: Record) -> dict[str, Any]:
    """Settings with units; of a run that did not write them those in SI, as resolved."""
    return record.settings or record.resolved


def setting(record: Record) -> Rows:
    """The particle and what surrounds it, and how it is loaded."""
    case = settings_of(record)
    return _cycled(case) if record.cycled else _alone(case)


def _cycled(case: Mapping[str, Any]) -> Rows:
    return _there(
        *((part, told(case.get(part))) for part in PARTS),
        *_loads(case),
        ("1C", told(case.get("c_rate_basis"))),
        ("temperature", told(case.get("temperature"))),
        ("protocol", in_order(case.get("protocol", []))),
    )


def _alone(case: Mapping[str, Any]) -> Rows:
    """Of a body without chemistry."""
    materials = case.get("materials", {})
    solid = materials.get("solid")
    return _there(
        ("solid", told(solid)) if solid else ("oxide", told(materials.get("grain"))),
        ("particle", told(case.get("particle"))),
        *_loads(case),
        ("protocol", in_order(case.get("protocol", []))),
    )


def _loads(case: Mapping[str, Any]) -> Rows:
    """How a body is held, loaded and cracked from the start; what two dimensions stand for."""
    loads, precracks = case.get("loads", []), case.get("precracks")
    if not (loads or precracks):
        return []
    return [
        *((part, told(case.get(part))) for part in LOADED_PARTS),
        *(
            ("load", told({key: value for key, value in load.items() if value not in OFF}))
            for load in loads
        ),
        ("cracked from the start", told(precracks)),
    ]


def mechanisms(record: Record) -> list[tuple[str, bool, str]]:
    """Every mechanism that could act: whether it does, and its settings if so."""
    laws = []
    for name, section in settings_of(record).get("physics", {}).items():
        if isinstance(section, Mapping) and (name in MECHANICAL or record.cycled):
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
