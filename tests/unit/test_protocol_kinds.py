"""A kind of step is one class: nothing but the registry of the protocol names it."""

import ast
from pathlib import Path

import pytest

from solver.case import CaseError
from solver.case.settings import settings
from solver.protocol.kinds import KINDS, STEPS, TABLES, read_step
from tests.particles import case_of

ROOT = Path(__file__).parents[2]
SENTENCES = {  # one of each kind that has words
    "charge": "Charge at C/3 until 4.2 V or 1 hour",
    "discharge": "Discharge at 20 mA/g until 50 mAh/g",
    "hold": "Hold at 4.2 V until C/20",
    "rest": "Rest for 1 hour",
    "sweep": "Sweep at 0.1 mV/s from 3 V to 4 V and back",
    "heat": "Heat at 50 K/s to 550 degC",
    "cool": "Cool at 60 K/s to 10 degC",
    "ramp": "Ramp at 10 K/min to 75 degC",
    "pulse": "Pulse discharge at C/10 for 10 minutes, rest for 1 hour, until 20 pulses",
    "impedance": "Impedance from 100 kHz to 1 mHz with 6 points per decade",
    "repeat": "Repeat 3 times",
}


def modules_of_kinds():
    return {kind.__module__.rpartition(".")[2] for kind in KINDS}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_part_of_the_solver_outside_the_protocol_names_a_kind_of_step():
    files = [path for path in (ROOT / "solver").rglob("*.py") if path.parent.name != "protocol"]
    kinds = {f"solver.protocol.{module}" for module in modules_of_kinds()}
    assert len(kinds) == 10
    assert {str(path) for path in files if kinds & set(imported(path))} == set()


def test_what_all_kinds_share_names_none_of_them():
    """The registry does, checks ask it, and kinds may be made of others."""
    shared = [
        "base",
        "phases",
        "ends",
        "equilibrium",
        "increased",
        "sequence",
        "tables",
        "text",
        "words",
    ]
    kinds = {f"solver.protocol.{module}" for module in modules_of_kinds()}
    for name in shared:
        assert not kinds & set(imported(ROOT / f"solver/protocol/{name}.py")), name


@pytest.mark.parametrize("kind", SENTENCES)
def test_a_kind_reads_what_it_writes(kind):
    sentence = SENTENCES[kind]
    step = STEPS[kind].model_validate(read_step(sentence))
    assert step.in_words() == sentence


def test_every_kind_with_words_has_its_sentence_shown():
    assert {kind.kind for kind in KINDS if kind.sentence} == set(SENTENCES)
    for kind in KINDS:
        assert kind.sentence.lower().startswith(kind.kind if kind.sentence else "")


def test_tables_of_steps_have_a_file_each():
    files = [table.file for table in TABLES]
    assert files == ["sweeps.csv", "pulses.csv", "impedance.csv", "spectra.csv"]


def test_settings_tell_what_is_inside_a_step_under_its_title():
    block = (
        "{repeat: {times: 3, steps: [Rest for 1 h, {repeat: {times: 2, steps: [Rest for 2 h]}}]}}"
    )
    told = settings(case_of(f"[{block}]"))["protocol"]
    assert told == [{"3 times": ["Rest for 1 hour", {"2 times": ["Rest for 2 hours"]}]}]


def test_settings_tell_the_checks_of_a_repeat_and_after_which_rounds():
    checks = "[{at: [1, 3], steps: [Rest for 2 h]}, {at: [2], steps: [Rest for 3 h]}]"
    told = settings(
        case_of(f"[{{repeat: {{times: 3, steps: [Rest for 1 h], checks: {checks}}}}}]")
    )["protocol"]
    assert told == [
        {
            "3 times": ["Rest for 1 hour"],
            "after rounds 1, 3": ["Rest for 2 hours"],
            "after round 2": ["Rest for 3 hours"],
        }
    ]


def test_settings_tell_all_checks_after_the_same_round():
    checks = "[{at: [2], steps: [Rest for 2 h]}, {at: [2], steps: [Rest for 3 h]}]"
    told = settings(
        case_of(f"[{{repeat: {{times: 2, steps: [Rest for 1 h], checks: {checks}}}}}]")
    )["protocol"]
    assert told[0]["after round 2"] == ["Rest for 2 hours", "Rest for 3 hours"]


def test_a_load_hidden_in_a_repeat_is_refused_where_it_stands():
    with pytest.raises(CaseError, match=r"protocol\.0\.repeat\.steps\.1: there are no loads"):
        case_of("[{repeat: {times: 2, steps: [Rest for 1 h, {load: {to: 1}}]}}]")
