"""The helper that runs tests on several ranks: it answers, and it notices failure and hanging."""

import os
import time

import pytest

from tests.ranks import on_ranks

HERE = "tests.unit.test_ranks"


def add_up(comm, weight):
    return {"size": comm.size, "sum": comm.allreduce(weight * comm.rank)}


def who(comm):
    return {"process": comm.allgather(os.getpid())}


def fail_on_the_last(comm):
    if comm.rank == comm.size - 1:
        raise ValueError("this rank cannot go on")
    comm.barrier()


def hang(comm):
    if comm.rank == 0:  # one alone: what two say at the same time is mixed up
        time.sleep(60)


def test_a_function_runs_on_every_rank_and_answers():
    assert on_ranks(3, f"{HERE}:add_up", 0.5) == {"size": 3, "sum": 1.5}


def test_one_rank_is_this_process():
    assert on_ranks(1, f"{HERE}:who") == {"process": [os.getpid()]}


def test_the_next_call_is_served_by_the_same_ranks():
    first, again = (on_ranks(2, f"{HERE}:who")["process"] for _ in range(2))
    assert first == again
    assert len(set(first)) == 2


def test_an_exception_on_one_rank_ends_them_all_and_is_shown():
    with pytest.raises(AssertionError, match="this rank cannot go on"):
        on_ranks(2, f"{HERE}:fail_on_the_last")
    assert on_ranks(2, f"{HERE}:add_up", 2.0) == {"size": 2, "sum": 2.0}


def test_a_rank_that_hangs_ends_all_and_shows_where_it_stands():
    with pytest.raises(AssertionError, match="in hang"):
        on_ranks(2, f"{HERE}:hang", timeout=2.0)
