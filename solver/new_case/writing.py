"""Writes the case that five answers make, with what each part of it means."""

from pathlib import Path
from typing import NamedTuple

from solver.new_case.answers import Answers

TEMPLATE = Path(__file__).with_name("case.yaml.j2")
SIZES = {"disc": 1.0, "ball": 0.35}  # um across a grain: few and large, as a first look needs them
INSIDE = 0.34  # edge of a cell over the size of a grain
WEAK = {"disc": 0.15, "ball": 0.1}  # um, edges along boundaries that crack at once
STRONG = 0.07  # um, of those of the library, whose cohesive length is short


class Window(NamedTuple):
    """Between which voltages an oxide is cycled, and the current that 1C means."""

    upper: str
    middle: str
    lower: str
    one_c: str


NICKEL = Window("4.3 V", "3.9 V", "2.7 V", "200 mA/g")
WINDOWS = {"LCO": Window("4.2 V", "4.0 V", "3.0 V", "150 mA/g")}
FREE = ("LCO",)  # oxides whose potential is taken as that of free crystals, the default


def case_text(answers: Answers, schema: str) -> str:
    """Return the YAML text of a case. schema: where editors find the schema, from the case on."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    weak = answers.show == "cracks" and answers.boundaries != "lpo"
    size = SIZES[answers.shape]
    along = STRONG if not weak and answers.show != "voltage" else WEAK[answers.shape]
    return template.render(
        answers._asdict(),
        schema=schema,
        name=_name(answers),
        plane=answers.shape == "disc",
        grains=answers.grains,
        size=f"{size:g}",
        radius=f"{_radius(answers):.3g}",
        inside=f"{INSIDE * size:.2g}",
        along=f"{along:g}",
        window=WINDOWS.get(answers.material, NICKEL),
        bonded=answers.material not in FREE,
        weak=weak,
    )


def _name(answers: Answers) -> str:
    """What the case is about, in one line."""
    grains = f"{answers.grains} grain{'s' * (answers.grains > 1)}"
    boundaries = f"{answers.boundaries} boundaries"
    return f"{answers.material}, {answers.shape} of {grains}, {boundaries}, {answers.protocol}"


def _radius(answers: Answers) -> float:
    """Radius of a particle in um whose grains are as large as they should be."""
    dimension = 2 if answers.shape == "disc" else 3
    return 0.5 * SIZES[answers.shape] * float(answers.grains ** (1 / dimension))
