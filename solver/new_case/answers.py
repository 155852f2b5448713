"""The five questions, the answers there are to each, and how an answer is read."""

import re
from difflib import get_close_matches
from typing import NamedTuple

from solver.entries.files import FOLDER, names
from solver.entries.reader import Entries
from solver.text.messages import LONGEST, shown

MOST_GRAINS = {"disc": 2000, "ball": 500}  # beyond them a first case would take days
FEWEST_GRAINS = 1
_PARTICLE = re.compile(r"([a-z]+)(?:\s+(?:of\s+)?(\d+)(?:\s+grains?)?)?")


class WrongAnswerError(ValueError):
    """An answer that a question does not have; the message names those it has."""


class Option(NamedTuple):
    """An answer that can be given, and what it stands for."""

    word: str
    means: str


class Question(NamedTuple):
    """A question: its key, its words, the answers there are, and the one that Enter gives."""

    key: str
    words: str
    options: tuple[Option, ...]
    default: str

    def read(self, answer: str) -> str:
        """Return an answer as it is meant: a word, or the beginning of one; nothing: the default.

        Raises WrongAnswerError.
        """
        given = " ".join(answer.lower().split())
        if not given:
            return self.default
        return _particle(given, self) if self.key == "particle" else self.word(given)

    def word(self, given: str) -> str:
        """Return the one option that a word means. Raises WrongAnswerError."""
        known = {option.word.lower(): option.word for option in self.options}
        exact = [known[given]] if given in known else []
        meant = exact or [word for lower, word in known.items() if lower.startswith(given)]
        if len(meant) == 1:
            return meant[0]
        near = [known[word] for word in get_close_matches(given[:LONGEST], known, 1)]
        hint = f"; did you mean {' or '.join(meant or near)}?" if meant or near else ""
        raise WrongAnswerError(f"there is no {shown(given)} here{hint}")


class Answers(NamedTuple):
    """What was answered. particle: a shape and a number of grains, such as `disc 30`."""

    particle: str
    material: str
    boundaries: str
    protocol: str
    show: str

    @property
    def shape(self) -> str:
        """Disc or ball."""
        return self.particle.split()[0]

    @property
    def grains(self) -> int:
        """How many grains there are."""
        return int(self.particle.split()[1])


ANSWERS: dict[str, tuple[str, str, tuple[Option, ...]]] = {
    "particle": (
        "Which particle, and of how many grains?",
        "disc 30",
        (
            Option("disc", "a round section in the plane, such as disc 30: a minute or so"),
            Option("ball", "in space, such as ball 12; far longer with many grains"),
        ),
    ),
    "boundaries": (
        "What is in the grain boundaries?",
        "bare",
        (
            Option("bare", "nothing, and the electrolyte stays outside"),
            Option("liquid", "electrolyte, which also enters what opens"),
            Option("lpo", "Li3PO4, which lets lithium through and keeps liquid out"),
        ),
    ),
    "protocol": (
        "What is done with it?",
        "cycle",
        (
            Option("charge", "one charge"),
            Option("cycle", "a charge and a discharge"),
            Option("rates", "discharges from C/10 to 2C"),
            Option("pulses", "short pulses with rests, as a titration (GITT)"),
            Option("impedance", "spectra before and after a cycle"),
            Option("ageing", "ten cycles"),
        ),
    ),
    "show": (
        "What should it show?",
        "cracks",
        (
            Option("cracks", "boundaries weak enough to crack in the first charge"),
            Option("wear", "boundaries of the library, and what cycles and liquid do to them"),
            Option("voltage", "lithium, stress and voltage alone: nothing cracks, fastest"),
        ),
    ),
}
OXIDES = "Which oxide are the grains of?"


def questions() -> tuple[Question, ...]:
    """Return the five questions in their order."""
    oxides = tuple(Option(name, _about(name)) for name in names(""))
    known = {key: Question(key, words, options, default)
             for key, (words, default, options) in ANSWERS.items()}  # fmt: skip
    known["material"] = Question("material", OXIDES, oxides, "NMC811")
    return tuple(known[key] for key in Answers._fields)


def _about(oxide: str) -> str:
    """What the file of an oxide says that it is."""
    return Entries(FOLDER / f"{oxide}.yaml").text("about")


def _particle(given: str, question: Question) -> str:
    """A shape and a number of grains; without one, that of the default."""
    match = _PARTICLE.fullmatch(given)
    if match is None:
        raise WrongAnswerError(f"expected disc or ball and a number of grains, got {shown(given)}")
    shape = question.word(match[1])
    usual = {"disc": "30", "ball": "12"}[shape]
    count = int((match[2] or usual)[:9])
    if not FEWEST_GRAINS <= count <= MOST_GRAINS[shape]:
        most = MOST_GRAINS[shape]
        raise WrongAnswerError(f"a {shape} has {FEWEST_GRAINS} to {most} grains here, got {count}")
    return f"{shape} {count}"
