"""An interrupt before the time loop is not lost, even where a library swallows the exception."""

import os
import signal
import sys
import time
import types
import weakref

import pytest
from mpi4py import MPI

from solver import cli
from solver.cli import main
from solver.drive.interrupt import (
    Interrupt,
    Raising,
    answered,
    held_back,
    raise_from_now,
    raise_lost_again,
)


@pytest.fixture(autouse=True)
def handlers():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
    before = [signal.signal(number, signal.SIG_DFL) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("swallowed", [False, True])
def test_the_time_loop_knows_of_an_interrupt_that_a_library_swallowed(swallowed):
    signal.signal(signal.SIGUSR2, Raising())
    if swallowed:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGUSR2)
    interrupt = Interrupt(MPI.COMM_SELF)
    assert interrupt.asked() == swallowed
    interrupt.release()


def test_being_asked_again_does_not_disturb_the_end():
    signal.signal(signal.SIGUSR2, Raising())
    interrupt = Interrupt(MPI.COMM_SELF)
    os.kill(os.getpid(), signal.SIGUSR2)
    assert interrupt.asked()
    interrupt.release()
    os.kill(os.getpid(), signal.SIGUSR2)  # raises nothing


@pytest.mark.parametrize(
    ("numbers", "for_now"),
    [
        ((signal.SIGUSR1,), True),
        ((signal.SIGTERM,), False),
        ((signal.SIGUSR1, signal.SIGUSR2), False),
        ((signal.SIGINT, signal.SIGUSR1), False),
    ],
)
def test_a_run_ends_for_now_if_nothing_else_was_asked(numbers, for_now):
    interrupt = Interrupt(MPI.COMM_SELF)
    for number in numbers:
        signal.raise_signal(number)
    assert interrupt.asked()
    assert interrupt.for_now == for_now
    interrupt.release()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGUSR2, 130), (signal.SIGUSR1, 75)])
def test_what_a_library_makes_of_an_interrupt_is_an_interrupt(monkeypatch, capsys, number, code):
    class Panic(BaseException):
        """As pydantic raises it."""

    def doctor(options: types.SimpleNamespace) -> int:
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt:
            raise Panic from None
        return 0

    monkeypatch.setattr(cli, "COMMANDS", (cli.Command(doctor, lambda parser: None),))
    assert main(["doctor"]) == code
    assert capsys.readouterr().err == "interrupted\n"


def test_an_error_without_an_interrupt_stays_an_error(monkeypatch):
    def doctor(options: types.SimpleNamespace) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(cli, "COMMANDS", (cli.Command(doctor, lambda parser: None),))
    with pytest.raises(RuntimeError, match="broken"):
        main(["doctor"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2])
def test_an_interrupt_waits_until_modules_are_loaded_and_comes_once(number):
    taken, done = raise_from_now(), []
    with pytest.raises(KeyboardInterrupt), held_back():
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        done.append("loaded")
    assert done == ["loaded"]
    assert not taken.held
    with held_back():
        os.kill(os.getpid(), number)  # asked again: it has been raised


def test_without_an_interrupt_nothing_is_held_back():
    taken = raise_from_now()
    with held_back():
        done = "loaded"
    assert done
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGUSR2)
    assert taken.asked


@pytest.fixture
def lost(monkeypatch):
    """An interrupt that came where Python cannot pass an exception on; what Python says of it."""
    said = []
    before = signal.getsignal(signal.SIGALRM)

    class Part:
        """Something that goes while a module is being loaded."""

    def lose():
        monkeypatch.setattr(sys, "unraisablehook", lambda what: said.append(str(what.exc_value)))
        raise_lost_again()
        part = Part()
        whole = weakref.ref(part, lambda gone: os.kill(os.getpid(), signal.SIGUSR2))
        del part
        assert whole() is None
        return said

    yield lose
    answered()
    signal.signal(signal.SIGALRM, before)


def test_an_interrupt_lost_in_a_callback_is_raised_again_without_a_word(lost):
    raise_from_now()
    assert lost() == []
    with pytest.raises(KeyboardInterrupt):
        time.sleep(5.0)
    time.sleep(0.05)  # and once only


def test_an_interrupt_lost_in_a_callback_waits_for_modules_that_are_being_loaded(lost):
    raise_from_now()
    with pytest.raises(KeyboardInterrupt):
        lost()
        with held_back():
            done = time.sleep(0.05) or "loaded"
        time.sleep(5.0)
    assert done == "loaded"


def test_an_interrupt_lost_in_a_callback_is_for_the_time_steps_once_there_are_some(lost):
    raise_from_now()
    lost()
    interrupt = Interrupt(MPI.COMM_SELF)
    time.sleep(0.05)
    assert interrupt.asked()
    interrupt.release()
    answered()


def test_other_errors_that_are_lost_are_told_as_ever(lost):
    class Bad:
        def __del__(self):
            raise RuntimeError("broken")

    raise_from_now()
    said = lost()
    Bad()
    assert said == ["broken"]
