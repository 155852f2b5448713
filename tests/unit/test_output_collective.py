"""What fails on one rank fails on all, and what is for one is done on one."""

import errno
from itertools import chain

from mpi4py import MPI

from solver.output.collective import on_every_rank, on_rank_zero
from tests.ranks import on_ranks

HERE = "tests.unit.test_output_collective"
TOLD = "cannot write full.csv: No space left on device"


def said(function, comm, fails_on):
    """What each rank hears of a disk that is full for one of them, and who tried to write."""
    tried = []

    def action():
        tried.append(comm.rank)
        if comm.rank == fails_on:
            raise OSError(errno.ENOSPC, "No space left on device", "full.csv")

    try:
        function(comm, action)
        heard = ""
    except OSError as error:
        heard = str(error)
    return {"heard": comm.allgather(heard), "tried": list(chain(*comm.allgather(tried)))}


def together(comm):
    return {
        "zero": said(on_rank_zero, comm, 0),
        "zero_well": said(on_rank_zero, comm, 1),
        "every": said(on_every_rank, comm, 1),
        "every_well": said(on_every_rank, comm, 7),
    }


def test_an_error_on_one_rank_is_told_to_all():
    found = on_ranks(2, f"{HERE}:together", timeout=60.0)
    assert found["zero"] == {"heard": [TOLD, TOLD], "tried": [0]}
    assert found["zero_well"] == {"heard": ["", ""], "tried": [0]}
    assert found["every"] == {"heard": [TOLD, TOLD], "tried": [0, 1]}
    assert found["every_well"] == {"heard": ["", ""], "tried": [0, 1]}


def test_an_error_without_a_file_is_told_in_its_own_words():
    def action():
        raise OSError("the disk is gone")

    for function in (on_rank_zero, on_every_rank):
        try:
            function(MPI.COMM_SELF, action)
            heard = ""
        except OSError as error:
            heard = str(error)
        assert heard == "cannot write the disk is gone"
