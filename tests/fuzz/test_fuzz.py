"""Three hundred damaged and absurd inputs get an answer in a sentence, in time."""

import pytest

from tests.fuzz.draw import draw, workplace
from tests.fuzz.oracle import judged

SEED, PARTS, EACH = 20, 10, 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return workplace(tmp_path_factory.mktemp("shipped") / "all")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_input_is_answered_in_a_sentence(folder, part):
    for number in range(EACH * part, EACH * (part + 1)):
        answer = judged(draw(SEED, number), folder)
        again = f"python -m tests.fuzz --seed {SEED} --only {number}"
        assert not answer.wrong, f"{again}: {answer.wrong}\n{answer.shown}"


def test_an_input_is_the_same_for_the_same_seed():
    assert [draw(3, n) for n in range(40)] == [draw(3, n) for n in range(40)]
    assert len({str(draw(3, n)) for n in range(40)}) == 40
