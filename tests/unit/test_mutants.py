"""The list of bugs fits the code."""

import pytest

from tests.mutants.catalogue import ROOT, Mutant, MutantError, read_mutants

MUTANTS = read_mutants()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_bug_can_still_be_put_in(tmp_path, name):
    mutant = MUTANTS[name]
    copy = tmp_path / mutant.file
    copy.parent.mkdir(parents=True)
    copy.write_text((ROOT / mutant.file).read_text())
    mutant.put_into(tmp_path)
    compile(copy.read_text(), mutant.file, "exec")
    assert copy.read_text() != (ROOT / mutant.file).read_text()


def test_the_tests_that_should_notice_are_there():
    named = {test.split("::")[0] for mutant in MUTANTS.values() for test in mutant.tests}
    assert [test for test in named if not (ROOT / test).is_file()] == []
    assert all(mutant.tests for mutant in MUTANTS.values())


@pytest.mark.parametrize("text", ["absent", "a"])
def test_a_text_that_is_not_there_just_once_is_refused(tmp_path, text):
    (tmp_path / "code.py").write_text("a = a")
    with pytest.raises(MutantError, match="not once"):
        Mutant("bug", "it", "code.py", text, "b", ()).put_into(tmp_path)
