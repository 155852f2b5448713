"""Texts are read as the mappings they stand for; what cannot be read is pointed at."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from solver.protocol import AnyStep, in_c
from solver.protocol.current import Charge, Discharge
from solver.protocol.ends import Until
from solver.protocol.hold import Hold
from solver.protocol.pulses import Pulse, PulseUntil
from solver.protocol.repeat import Repeat
from solver.protocol.rest import Rest
from solver.protocol.sweep import Sweep

STEP = TypeAdapter(AnyStep)


def read(given):
    return STEP.validate_python(given)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Charge at C/3 until 4.5 V", Charge(rate=1 / 3, until=Until(voltage=4.5))),
        (
            "Charge at 20 mA/g until 4.5 V or 2 hours",
            Charge(current=20, until=Until(voltage=4.5, time=7200)),
        ),
        ("Hold at 4.5 V until C/20", Hold(voltage=4.5, until=Until(rate=0.05))),
        (
            "Hold at 4.5 V for 1 h or until 5 mA/g",
            Hold(voltage=4.5, until=Until(time=3600, current=5)),
        ),
        ("Rest for 1 hour", Rest(until=Until(time=3600))),
        (
            "Hold at 4.3 V until C/20 or 2 hours at 60 degC",
            Hold(voltage=4.3, until=Until(rate=0.05, time=7200), temperature=333.15),
        ),
        ("Hold at 60 degC for 1 hour", Rest(until=Until(time=3600), temperature=333.15)),
        ("Rest for 1 hour at 300 K", Rest(until=Until(time=3600), temperature=300)),
        (
            "Pulse at C/10 for 9 s, rest for 9 s, until 20 pulses at -10 degC",
            Pulse(rate=0.1, duration=9, rest=9, until=PulseUntil(pulses=20), temperature=263.15),
        ),
        (
            "Discharge at 1C until 2.7 V or 2 hours",
            Discharge(rate=1, until=Until(voltage=2.7, time=7200)),
        ),
        ("Discharge at C/3 for 30 minutes", Discharge(rate=1 / 3, until=Until(time=1800))),
        (
            "discharge at 0.5 C until 3V or 50 mAh/g",
            Discharge(rate=0.5, until=Until(voltage=3, capacity=1.8e5)),
        ),
        ("Repeat 3 times", Repeat(times=3)),
        (
            "Sweep at 0.1 mV/s from 2.8 V to 4.2 V and back",
            read({"sweep": {"rate": 1e-4, "from": 2.8, "to": 4.2, "back": True}}),
        ),
        ("Sweep at 0.1 mV/s to 4.2 V", Sweep(rate=1e-4, to=4.2)),
        (
            "Pulse at C/10 for 10 minutes, rest for 1 hour, until 4.2 V",
            Pulse(rate=0.1, duration=600, rest=3600, until=PulseUntil(voltage=4.2)),
        ),
        (
            "Pulse discharge at 20 mA/g for 10 min rest for 30 min until 20 pulses or 2.8 V",
            Pulse(
                direction="discharge", current=20, duration=600, rest=1800,
                until=PulseUntil(voltage=2.8, pulses=20),
            ),
        ),
        (
            "Impedance from 100 kHz to 1 mHz",
            read({"impedance": {"from": "100 kHz", "to": "1 mHz", "points_per_decade": 6}}),
        ),
        (
            "Impedance from 1e5 Hz to 10 Hz with 10 points per decade",
            read({"impedance": {"from": 1e5, "to": 10, "points_per_decade": 10}}),
        ),
        ("  charge AT C / 3  until 4.5V ", read("Charge at C/3 until 4.5 V")),
    ],
)  # fmt: skip
def test_a_text_is_read_as_its_mapping(text, step):
    assert read(text) == step


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Chrage at C/3 until 4 V", "got 'Chrage' (did you mean 'charge'?)"),
        ("Reast", "got 'Reast' (did you mean 'rest'?)"),
        ("", "expected 'charge' or 'discharge' or 'hold'"),
        ("Charge C/3 until 4 V", "expected 'at', got 'C/3'"),
        ("Charge at C/3 untill 4 V", "'until' or 'for', got 'untill' (did you mean 'until'?)"),
        ("Charge at C/3 until", 'a voltage such as "4.2 V" or a time such as "10 min"'),
        ("Charge at C/3 until", "got the end"),
        ("Charge at 3 until 4 V", 'a rate such as "C/3" or a current per mass'),
        ("Charge at 3 until 4 V", "got '3'"),
        ("Charge at 5 mA until 4 V", "got '5 mA' (did you mean 'mA/g'?)"),
        ("Charge at C/3 until 4", "got '4'"),
        ("Charge at C/3 until C/20", "a voltage such as"),
        ("Charge at C/3 until 4.5 V and 2 h", "expected nothing more, got 'and'"),
        ("Charge at C/3 until 4.5 V or 4.4 V", "two ends by voltage: 4.5 V and 4.4 V"),
        (
            "Pulse at C/9 for 9 s, rest for 9 s, until 4 V or 4.1 V",
            "two ends by voltage: 4 V and 4.1 V",
        ),
        ("Pulse at C/9 for 9 s, rest for 9 s, until 0 pulses", "greater than or equal to 1"),
        ("Repeat ² times", "expected a whole number, got '²'"),
        ("Hold at C/3 until 4 V", '4.2 V" or a temperature such as "25 degC", got \'C/3\''),
        ("Hold at 4 V until 4 V", 'a rate such as "C/3" or a current per mass'),
        ("Rest for 1 huor", "got '1 huor' (did you mean 'hour'?)"),
        ("Rest 1 hour", "expected 'until' or 'for', got '1'"),
        ("Repeat thrice", "expected a whole number, got 'thrice'"),
        ("Repeat 3 tims", "expected 'times' or 'time', got 'tims' (did you mean 'times'?)"),
        ("Repeat 0 times", "greater than or equal to 1"),
        ("Sweep at 1 mV to 4 V", "expected a sweep rate such as \"0.1 mV/s\", got '1 mV'"),
        ("Sweep at 1 mV/s from 4 V to 4 V", "goes nowhere"),
        ("Sweep at 1 mV/s to 4 V and back", "give 'from'"),
        ("Pulse at C/10 for 10 min until 4 V", "expected 'rest', got 'until'"),
        ("Impedance from 1 mHz to 1 kHz", "from its highest frequency down to its lowest"),
        ("Impedance from 1 kHz to 1 mHz with many points", "a number of points, got 'many'"),
        ("Rest for 0 s", "greater than 0"),
        ("Rest for -1 h", "greater than 0"),
        ("Rest for 1 h at 60 V", "expected a temperature such as \"25 degC\", got '60 V'"),
        ("Rest for 1 h at 60", "expected a temperature such as \"25 degC\", got '60'"),
        ("Rest for 1 h at 60 degC until 4 V", "expected nothing more, got 'until'"),
        ("Hold at 60 degC for 1 h at 4 V", "expected nothing more, got 'at'"),
        ("Hold at 60 degC until C/20", "expected a time such as"),
        ("Rest for 1 h at 60 K", "greater than or equal to 200"),
        ("Repeat 3 times at 60 degC", "expected nothing more, got 'at'"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text, message):
    with pytest.raises(ValidationError) as caught:
        read(text)
    assert message in str(caught.value)


@settings(deadline=None)  # the first unit loads the registry of all of them
@given(st.text(max_size=40))
def test_no_text_whatever_breaks_the_reader(text):
    try:
        read(text)
    except ValidationError as error:
        assert "expected" in str(error)


def numbers(low, high):
    return st.floats(low, high).map(lambda value: float(f"{value:.12g}"))


rates = st.one_of(numbers(1e-3, 50), st.integers(1, 100).map(lambda n: 1 / n))
voltages, times, charges = numbers(0.1, 5.9), numbers(1e-3, 1e7), numbers(1e-3, 1e4)


def ends(**conditions):
    given = st.fixed_dictionaries({}, optional=conditions).filter(bool)
    return given.map(lambda ends: {"until": ends})


def steps(kind, **settings):
    return st.fixed_dictionaries(settings).map(lambda given: (kind, given))


def merged(settings, until):
    return st.tuples(settings, until).map(lambda pair: (pair[0][0], {**pair[0][1], **pair[1]}))


def with_current(kind, **settings):
    return st.one_of(
        steps(kind, rate=rates, **settings), steps(kind, current=numbers(1e-2, 1e4), **settings)
    )


directions = st.sampled_from(["charge", "discharge"])
simple = st.one_of(
    *(
        merged(with_current(kind), ends(voltage=voltages, time=times, capacity=charges))
        for kind in ("charge", "discharge")
    ),
    merged(steps("hold", voltage=voltages), ends(rate=rates, time=times, capacity=charges)),
    merged(steps("rest"), st.builds(lambda time: {"until": {"time": time}}, times)),
    merged(
        with_current("pulse", direction=directions, duration=times, rest=times),
        ends(voltage=voltages, capacity=charges, pulses=st.integers(1, 1000)),
    ),
    steps("sweep", rate=numbers(1e-6, 10), **{"from": numbers(0.1, 3), "to": numbers(3.1, 5.9)}),
    steps("sweep", rate=numbers(1e-6, 10), to=voltages),
    steps("impedance", **{"from": numbers(10, 1e7), "to": numbers(1e-5, 1)}),
)
temperatures = st.one_of(numbers(200, 1000), numbers(-70, 700).map(lambda T: round(T + 273.15, 9)))
warmed = merged(simple, temperatures.map(lambda T: {"temperature": T}))
anything = st.one_of(simple, warmed, steps("repeat", times=st.integers(1, 10000)))


@settings(deadline=None)
@given(anything)
def test_words_and_mapping_are_the_same_step(mapping):
    step = read(dict([mapping]))
    assert read(step.in_words()) == step
    assert read(STEP.dump_python(step, mode="json", exclude_none=True)) == step


def test_rates_are_shown_as_they_are_written():
    assert [in_c(rate) for rate in (1 / 3, 0.5, 1.0, 2.5, 0.3)] == [
        "C/3", "C/2", "1C", "2.5C", "0.3C",
    ]  # fmt: skip


def test_what_has_no_words_says_so():
    with pytest.raises(ValueError, match="has no words"):
        Repeat(times=2, steps=[Rest(until=Until(time=1))]).in_words()
