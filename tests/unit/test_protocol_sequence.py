"""Repeats, rate tests and sweeps become one flat list, with cycles; what cannot follow is found."""

import pytest

from solver.case import Case, CaseError
from solver.protocol import Round
from tests.particles import CASES

CHARGE, DISCHARGE = "Charge at C/3 until 4.3 V", "Discharge at C/3 until 2.7 V"
HOLD, REST = "Hold at 4.3 V until C/20", "Rest for 10 minutes"


def case_with(protocol):
    return Case.load(CASES / "quickstart.yaml", [f"protocol={protocol}"])


def listed(*items):
    """Protocol of texts, and of mappings written as text."""
    return "[" + ", ".join(item if item[0] in "{[" else f"'{item}'" for item in items) + "]"


def flat(*items):
    steps = case_with(listed(*items)).steps()
    return [planned.step.in_words() for planned in steps], [planned.cycle for planned in steps]


def test_repeat_does_everything_above_it_so_often_in_all():
    steps, cycles = flat(CHARGE, DISCHARGE, "Repeat 3 times")
    assert steps == [CHARGE, DISCHARGE] * 3
    assert cycles == [1, 1, 2, 2, 3, 3]


def test_repeat_reaches_back_to_the_previous_repeat():
    formation = "Charge at C/10 until 4.3 V"
    steps, cycles = flat(
        formation, DISCHARGE, "Repeat 2 times", CHARGE, DISCHARGE, "Repeat 3 times", REST
    )
    assert steps == [formation, DISCHARGE] * 2 + [CHARGE, DISCHARGE] * 3 + [REST]
    assert cycles == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5]


def test_a_repeat_with_steps_of_its_own_is_a_step_like_others():
    block = f"{{repeat: {{times: 2, steps: ['{CHARGE}', '{DISCHARGE}']}}}}"
    assert flat(block)[0] == [CHARGE, DISCHARGE] * 2
    steps, cycles = flat(REST, block, "Repeat 2 times")
    assert steps == ([REST] + [CHARGE, DISCHARGE] * 2) * 2
    assert cycles == [1, 1, 1, 2, 2, 2, 3, 3, 4, 4]


def test_repeats_may_be_nested():
    inner = f"{{repeat: {{times: 2, steps: ['{CHARGE}', '{DISCHARGE}']}}}}"
    steps, _ = flat(f"{{repeat: {{times: 3, steps: [{inner}, '{REST}']}}}}")
    assert steps == ([CHARGE, DISCHARGE] * 2 + [REST]) * 3


SLOW, SLOW_BACK = "Charge at C/20 until 4.3 V", "Discharge at C/20 until 2.7 V"
CHECKED = (
    f"{{repeat: {{times: 3, steps: ['{CHARGE}', '{DISCHARGE}'], checks: ["
    f"{{at: [3, 1], steps: ['{SLOW}', '{SLOW_BACK}']}}, {{at: [3], steps: ['{REST}']}}]}}}}"
)


def rounds(*items):
    return [planned.round for planned in case_with(listed(*items)).steps()]


def test_checks_are_carried_out_after_their_rounds_in_their_order():
    steps, cycles = flat(CHECKED)
    once, slow = [CHARGE, DISCHARGE], [SLOW, SLOW_BACK]
    assert steps == once + slow + once + once + slow + [REST]
    assert cycles == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5]


def test_a_step_knows_its_round_and_whether_it_is_a_check():
    assert [(now.number, now.of, now.check) for now in rounds(CHECKED)] == [
        (1, 3, False), (1, 3, False), (1, 3, True), (1, 3, True),
        (2, 3, False), (2, 3, False),
        (3, 3, False), (3, 3, False), (3, 3, True), (3, 3, True), (3, 3, True),
    ]  # fmt: skip
    assert {now.repeat for now in rounds(REST, CHECKED)[1:]} == {(1,)}


def test_rounds_of_a_repeat_of_what_stands_above_count_the_first_one():
    assert rounds(CHARGE, DISCHARGE, "Repeat 2 times", REST) == [
        Round((2,), 1, 2), Round((2,), 1, 2), Round((2,), 2, 2), Round((2,), 2, 2), None,
    ]  # fmt: skip


def test_the_round_is_that_of_the_innermost_repeat():
    inner = f"{{repeat: {{times: 2, steps: ['{CHARGE}', '{DISCHARGE}']}}}}"
    seen = rounds(inner, REST, "Repeat 2 times")
    at_inner, at_outer = (0,), (2,)
    once = [Round(at_inner, number, 2) for number in (1, 1, 2, 2)]
    assert seen == [*once, Round(at_outer, 1, 2), *once, Round(at_outer, 2, 2)]


def test_a_repeat_in_a_check_is_a_check_too():
    twice = f"['{SLOW}', '{SLOW_BACK}', 'Repeat 2 times']"
    seen = rounds(
        f"{{repeat: {{times: 1, steps: ['{CHARGE}', '{DISCHARGE}'],"
        f" checks: [{{at: [1], steps: {twice}}}]}}}}"
    )
    assert [now.check for now in seen] == [False] * 2 + [True] * 4
    assert [now.number for now in seen[2:]] == [1, 1, 2, 2]


def test_checks_have_their_places():
    places = [planned.place for planned in case_with(listed(REST, CHECKED)).steps()]
    assert places[3:5] == [
        (1, "repeat", "checks", 0, "steps", 0), (1, "repeat", "checks", 0, "steps", 1),
    ]  # fmt: skip
    assert places[-1] == (1, "repeat", "checks", 1, "steps", 0)


def test_places_say_where_a_step_stands():
    block = f"{{repeat: {{times: 2, steps: ['{CHARGE}', '{DISCHARGE}']}}}}"
    steps = case_with(listed(REST, block)).steps()
    assert [planned.place for planned in steps[:3]] == [
        (0,),
        (1, "repeat", "steps", 0),
        (1, "repeat", "steps", 1),
    ]


def test_a_rate_test_is_a_cycle_for_each_rate():
    steps, cycles = flat(
        "{rate_test: {charge: C/5, discharge: [C/10, 2C], upper: 4.3 V, lower: 2.7 V}}"
    )
    charge = "Charge at C/5 until 4.3 V"
    assert steps == [
        charge, "Discharge at C/10 until 2.7 V", charge, "Discharge at 2C until 2.7 V",
    ]  # fmt: skip
    assert cycles == [1, 1, 2, 2]


def test_a_rate_test_may_hold_rest_and_repeat():
    steps, cycles = flat(
        "{rate_test: {charge: C/5, discharge: [1C], upper: 4.3 V, lower: 2.7 V,"
        " hold: C/20, rest: 10 min, cycles: 2}}"
    )
    once = ["Charge at C/5 until 4.3 V", HOLD, REST, "Discharge at 1C until 2.7 V"]
    assert steps == once * 2
    assert cycles == [1] * 4 + [2] * 4


def test_a_sweep_back_is_two_steps_and_each_round_a_cycle():
    steps, cycles = flat("Sweep at 0.1 mV/s from 2.8 V to 4.2 V and back", "Repeat 2 times")
    assert steps == [
        "Sweep at 0.1 mV/s from 2.8 V to 4.2 V", "Sweep at 0.1 mV/s to 2.8 V",
    ] * 2  # fmt: skip
    assert cycles == [1, 1, 2, 2]


def test_a_cycle_begins_with_the_charge_after_a_discharge():
    assert flat(DISCHARGE, CHARGE, HOLD, REST, DISCHARGE, REST, CHARGE)[1] == [1, 2, 2, 2, 2, 2, 3]
    train = "Pulse discharge at C/10 for 1 min, rest for 1 h, until 2.8 V"
    assert flat(CHARGE, train, CHARGE)[1] == [1, 1, 2]


def test_currents_become_rates_wherever_they_stand():
    case = case_with(
        "[{repeat: {times: 2, steps: ['Charge at 0.1 A/g until 4 V', 'Discharge at 1C for 60 s']}},"
        " 'Pulse at 20 mA/g for 60 s, rest for 60 s, until 4.2 V', 'Hold at 4.1 V until 10 mA/g']"
    )
    rates = [planned.step.rate for planned in case.steps() if hasattr(planned.step, "rate")]
    assert rates == pytest.approx([0.5, 1.0, 0.5, 1.0, 0.1])
    assert case.steps()[-1].step.until.rate == pytest.approx(0.05)


def test_resolved_protocols_are_mappings_that_load_to_the_same_case():
    case = case_with(listed(CHARGE, "Sweep at 1 mV/s from 4 V to 3 V and back", "Repeat 2 times"))
    resolved = case.resolved()["protocol"]
    assert resolved[0] == {"charge": {"rate": 1 / 3, "until": {"voltage": 4.3}}}
    assert resolved[1]["sweep"]["from"] == 4.0
    assert resolved[2] == {"repeat": {"times": 2}}
    assert Case.model_validate(case.resolved()) == case


# --- what is refused -------------------------------------------------------------------------

HEAD = """\
name: refused
particle: {radius: 3 um, grains: {count: 12}, mesh: {size: 0.4 um, boundary_size: 0.2 um}}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
protocol:
"""
FIRST = len(HEAD.splitlines()) + 1  # line of the first step


def problems(tmp_path, *lines, head=HEAD):
    path = tmp_path / "case.yaml"
    path.write_text(head + "".join(f"  - {line}\n" for line in lines))
    with pytest.raises(CaseError) as caught:
        Case.load(path)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_text_that_cannot_be_read_is_told_with_its_line_and_word(tmp_path):
    assert problems(tmp_path, CHARGE, "Discharge at C/3 untill 2.7 V") == [
        (
            FIRST + 1,
            "protocol.1: in 'Discharge at C/3 untill 2.7 V': "
            "expected 'until' or 'for', got 'untill' (did you mean 'until'?)",
        )
    ]


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        ([CHARGE, CHARGE], 1, "protocol.1: charge until 4.3 V starts at 4.3 V or beyond"),
        ([f"{CHARGE} at 60 degC", f"{CHARGE} at 60 degC"], 1, "starts at 4.3 V or beyond"),
        ([CHARGE, "Repeat 2 times"], 0, "already past its end (when it is repeated)"),
        (["Repeat 2 times"], 0, "nothing above to repeat"),
        ([CHARGE, DISCHARGE, "Repeat 2 times", "Repeat 2 times"], 3, "nothing above to repeat"),
        ([CHARGE, "Hold at 4.3 V until C/2"], 1, "hold until 0.5C starts with 0.333"),
        (["Hold at 4 V for 1 h", "Sweep at 1 mV/s to 4 V"], 1, "already at its end"),
        (
            ["Hold at 4 V for 1 h", "Pulse at C/9 for 9 s, rest for 9 s, until 3.9 V"],
            1,
            "pulse until 3.9 V starts at 4 V or beyond",
        ),
        (
            ["Sweep at 1 mV/s from 3 V to 4 V and back", "Sweep at 1 mV/s to 3 V"],
            1,
            "already at its end",
        ),
        ([REST, f"repeat: {{times: 2, steps: ['{CHARGE}']}}"], 1, "when it is repeated"),
        (["rest: {until: {time: 1 h, voltage: 4 V}}"], 0, "a rest never ends by its voltage"),
        (["charge: {rate: 1C, until: {rate: C/2, voltage: 4}}"], 0, "never ends by its rate"),
        (["pulse: {rate: 1C, duration: 1, rest: 1, until: {}}"], 0, "needs at least one of"),
        (["sweep: {rate: 1e-4, form: 3 V, to: 4 V}"], 0, "(did you mean 'from'?)"),
        (["repeat: {times: 2, steps: []}"], 0, "needs at least one step"),
        (
            ["rate_test: {charge: C/5, discharge: [1C], upper: 2.7 V, lower: 4.5 V}"],
            0,
            "lower (4.5 V) must be below upper (2.7 V)",
        ),
        (
            ["rate_test: {charge: C/5, discharge: [1C], upper: 4 V, lower: 3 V, hold: C/2}"],
            0,
            "ends at once",
        ),
        (["Rest for 1 s", "Rest for 1 s", "repeat: {times: 9999, steps: [Rest for 1 s]}",
          "Repeat 11 times"], -1, "more than 100000 steps"),
        ([CHARGE, "repat: {times: 2}"], 1, "unknown step 'repat' (did you mean 'repeat'?)"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_at_its_line(tmp_path, lines, line, message):
    ((found, text),) = problems(tmp_path, *lines)
    assert found == FIRST + line
    assert message in text


def test_every_step_that_cannot_be_done_is_told(tmp_path):
    found = problems(tmp_path, CHARGE, CHARGE, DISCHARGE, DISCHARGE)
    assert [line for line, _ in found] == [FIRST + 1, FIRST + 3]


def test_problems_inside_a_repeat_have_their_own_line(tmp_path):
    block = f"repeat:\n      times: 2\n      steps:\n        - {CHARGE}\n        - Rest 3 h"
    ((line, message),) = problems(tmp_path, block)
    assert line == FIRST + 4
    assert message.startswith("protocol.0.repeat.steps.1: in 'Rest 3 h': expected 'until' or 'for'")


BLOCK = f"repeat:\n      times: 3\n      steps: ['{CHARGE}', '{DISCHARGE}']\n      checks:\n"


@pytest.mark.parametrize(
    ("checks", "line", "message"),
    [
        (
            "        - at:\n            - 1\n            - 4\n          steps: [Rest for 1 h]",
            6,
            "protocol.0.repeat.checks.0.at.1: there is no round 4: times is 3",
        ),
        (
            "        - {at: [1], steps: [Rest for 1 h]}\n"
            "        - at:\n            - 2\n            - 2\n          steps: [Rest for 1 h]",
            7,
            "protocol.0.repeat.checks.1.at.1: round 2 is there twice",
        ),
        ("        - {at: [], steps: [Rest for 1 h]}", 4, "needs at least one round"),
        ("        - {at: [1], steps: []}", 4, "needs at least one step"),
        ("        - {at: [0], steps: [Rest for 1 h]}", 4, "checks.0.at.0"),
        ("        - {at: [one], steps: [Rest for 1 h]}", 4, "checks.0.at.0: should be a valid int"),
        ("        - {at: [1], stepz: [Rest for 1 h]}", 4, "(did you mean 'steps'?)"),
        ("        - at: [1]\n          steps:\n          - Rset for 1 h", 6, "did you mean 'rest'"),
        (
            f"        - at: [1]\n          steps:\n            - {DISCHARGE}",
            6,
            "checks.0.steps.0: discharge until 2.7 V starts at 2.7 V or beyond",
        ),
        ("        - at: [1]\n          steps:\n            - Repeat 2 times", 6, "nothing above"),
        ("        - at: [1]\n          steps:\n            - load: {to: 1}", 6, "no loads"),
    ],
)
def test_a_check_that_cannot_be_is_refused_at_its_line(tmp_path, checks, line, message):
    found = [p for p in problems(tmp_path, BLOCK + checks) if message in p[1]]
    assert [number for number, _ in found] == [FIRST + line]


def test_checks_without_steps_of_its_own_are_refused(tmp_path):
    check = "repeat: {times: 2, checks: [{at: [1], steps: [Rest for 1 h]}]}"
    ((line, message),) = problems(tmp_path, CHARGE, DISCHARGE, check)
    assert line == FIRST + 2
    assert "protocol.2.repeat.checks: only a repeat with steps of its own has checks" in message


def test_currents_of_checks_become_rates():
    case = case_with(
        "[{repeat: {times: 1, steps: ['Charge at 1C until 4 V', 'Discharge at 1C until 3 V'],"
        " checks: [{at: [1], steps: ['Charge at 10 mA/g until 4 V']}]}}]"
    )
    assert case.steps()[2].step.rate == pytest.approx(0.05)
    assert Case.model_validate(case.resolved()) == case


def test_problems_inside_a_repeat_do_not_make_it_empty(tmp_path):
    found = problems(tmp_path, "repeat: {times: 2, steps: [Rset for 1 h]}")
    assert [message[:26] for _, message in found] == ["protocol.0.repeat.steps.0:"]


def test_rates_without_a_basis_are_refused(tmp_path):
    head = HEAD.replace("c_rate_basis: 200 mA/g\n", "")
    assert problems(tmp_path, CHARGE, head=head) == [(1, "required key 'c_rate_basis' is missing")]


@pytest.mark.parametrize(
    ("steps", "fine"),
    [
        ("sweep down, charge", ["Sweep at 1 mV/s from 4 V to 3 V", "Charge at C/9 until 3.9 V"]),
        ("hold reached by a faster charge", [CHARGE, HOLD]),
        ("the current may relax", [CHARGE, "Charge at C/20 until 4.3 V"]),
        (
            "the current of pulses may be smaller",
            [CHARGE, "Pulse at C/20 for 9 s, rest for 9 s, until 4.3 V"],
        ),
        ("a step in time may end anywhere", ["Charge at 1C for 1 min", "Hold at 4 V until 1C"]),
        (
            "a time may end a step before its voltage",
            ["Charge at 1C until 4.3 V or 1 min", "Charge at 1C until 4.2 V"],
        ),
        ("heat moves the voltage", [CHARGE, f"{CHARGE} at 60 degC"]),
        ("heat in between, too", [CHARGE, "Impedance from 1 Hz to 1 mHz at 60 degC", CHARGE]),
    ],
)
def test_what_may_be_done_is_not_refused(steps, fine):
    assert len(case_with(listed(*fine)).steps()) == len(fine), steps
