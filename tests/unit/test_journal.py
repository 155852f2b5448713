"""A file that is changed as a whole is as before or as after, wherever a program was killed."""

import errno
import os

import numpy as np
import pytest

from solver.run_files import AmendedFile, journal, mend

BEFORE = bytes(range(256)) * 9  # 2304, four pages and a half


def amended(path):
    """A file with something written within, across its end and behind it."""
    file = AmendedFile(path)
    for start, content in ((3, b"x" * 700), (2000, b"y" * 1000), (4000, b"z" * 5)):
        file.seek(start)
        assert file.write(content) == len(content)
    return file


def after():
    content = bytearray(BEFORE.ljust(4005, b"\0"))
    content[3:703], content[2000:3000], content[4000:4005] = b"x" * 700, b"y" * 1000, b"z" * 5
    return bytes(content)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "file").write_bytes(BEFORE)
    return tmp_path / "file"


def test_nothing_that_was_there_changes_before_the_commit(path):
    with amended(path):
        assert path.read_bytes()[: len(BEFORE)] == BEFORE


def test_the_commit_changes_all_of_it_and_leaves_no_journal(path):
    file = amended(path)
    file.truncate(4005)
    file.commit()
    assert path.read_bytes() == after()
    assert list(path.parent.iterdir()) == [path]


def test_what_is_read_is_what_was_written(path):
    with amended(path) as file:
        got = bytearray(4005)
        file.seek(0)
        assert file.readinto(got) == 4005
    assert bytes(got) == after()


def test_random_writes_are_as_those_of_any_file(path):
    random, plain = np.random.default_rng(7), bytearray(BEFORE)
    file = AmendedFile(path)
    for _ in range(200):
        start, content = int(random.integers(4000)), random.bytes(int(random.integers(1, 900)))
        plain.extend(bytes(max(0, start + len(content) - len(plain))))
        plain[start : start + len(content)] = content
        file.seek(start)
        file.write(content)
    file.truncate(len(plain))
    file.commit()
    assert path.read_bytes() == plain


def test_a_file_that_is_discarded_is_as_it_was(path):
    amended(path).discard()
    assert path.read_bytes() == BEFORE


@pytest.mark.parametrize("done", [0, 1, 3])
def test_a_commit_that_is_killed_is_finished_by_whoever_comes_next(path, monkeypatch, done):
    file = amended(path)
    file.truncate(4005)
    monkeypatch.setattr(journal, "_apply", lambda number, change: killed(number, change, done))
    with pytest.raises(KeyboardInterrupt):
        file.commit()
    monkeypatch.undo()
    with AmendedFile(path, read_only=True) as reader:  # it reads as if all were in place
        got = bytearray(4005)
        assert reader.readinto(got) == 4005
        assert bytes(got) == after()
    mend(path)
    assert path.read_bytes() == after()
    assert list(path.parent.iterdir()) == [path]


def killed(number, change, done):
    """Put some pages in place, no more."""
    for offset, page in list(change.pages.items())[:done]:
        os.pwrite(number, page, offset)
    raise KeyboardInterrupt


def test_half_a_journal_counts_for_nothing(path, monkeypatch):
    file = amended(path)
    monkeypatch.setattr(journal, "_apply", lambda number, change: killed(number, change, 0))
    with pytest.raises(KeyboardInterrupt):
        file.commit()
    part = path.with_name("file.part")
    part.write_bytes(part.read_bytes()[:-1])
    mend(path)
    assert path.read_bytes()[: len(BEFORE)] == BEFORE
    assert not part.exists()


def test_an_error_shows_at_the_commit_and_leaves_the_file_as_it_was(path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    file = AmendedFile(path)
    monkeypatch.setattr(journal.os, "pwrite", full)
    file.seek(len(BEFORE))
    assert file.write(b"more") == 4  # HDF5 could not close the file after an error
    with pytest.raises(OSError, match="No space left on device"):
        file.commit()
    assert path.read_bytes() == BEFORE
