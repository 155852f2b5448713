import io
import os
import shutil

import pytest

from solver.checks import doctor
from solver.checks.doctor import CheckError, Finding, judge_blas, report


def lines_of(checks):
    out = io.StringIO()
    code = report(out, checks)
    return code, out.getvalue().splitlines()


def test_this_environment_can_run_everything():
    out = io.StringIO()
    code = report(out)
    assert code == 0, out.getvalue()
    assert len(out.getvalue().splitlines()) == len(doctor.CHECKS)


def test_a_failure_gives_exit_code_1_and_does_not_hide_the_checks_after_it():
    def broken():
        raise CheckError("exit code 7: no such thing")

    code, lines = lines_of({"first": broken, "second": lambda: Finding("ok", "fine")})
    assert code == 1
    assert lines[0].split() == ["FAIL", "first", "exit", "code", "7:", "no", "such", "thing"]
    assert lines[1].startswith("ok")


def test_a_warning_is_not_a_failure():
    code, lines = lines_of({"blas": lambda: Finding("warn", "slow")})
    assert code == 0
    assert lines[0].startswith("warn")


def test_the_reference_blas_is_warned_about():
    finding = judge_blas(["/usr/lib/x/blas/libblas.so.3.12.0", "/usr/lib/x/libpetsc.so.3"])
    assert finding.level == "warn"
    assert "reference" in finding.text


def test_openblas_behind_the_alternatives_link_is_accepted():
    found = judge_blas(["/usr/lib/x/openblas-pthread/libblas.so.3", "/usr/lib/x/libpetsc.so.3"])
    assert found.level == "ok"


def test_numpys_own_openblas_does_not_count_for_petsc():
    found = judge_blas(
        ["/site/numpy.libs/libscipy_openblas64_-ff651d7f.so", "/usr/lib/x/blas/libblas.so.3.12.0"]
    )
    assert found.level == "warn"


def test_a_cache_folder_that_cannot_be_made_fails(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    code, lines = lines_of({"compiler": doctor.check_compiler})
    assert code == 1
    assert "file" in lines[0]


def test_a_compiler_that_does_not_work_fails(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CC", "false")
    code, lines = lines_of({"compiler": doctor.check_compiler})
    assert code == 1, lines


def test_without_mpirun_it_fails(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.check_mpi().level == "FAIL"


def test_a_check_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(doctor, "PATIENCE", 0.2)
    with pytest.raises(CheckError, match="no answer"):
        doctor.ask("import time; time.sleep(60)")


def test_more_than_one_thread_is_warned_about(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert doctor.check_threads().level == "warn"


def test_a_full_disk_fails(monkeypatch):
    usage = shutil.disk_usage(os.curdir)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=10**6))
    assert doctor.check_disk().level == "FAIL"


def test_pictures_that_cannot_be_drawn_are_a_warning(monkeypatch):
    monkeypatch.setattr(doctor, "DRAWING", "raise SystemExit('no screen')")
    found = doctor.check_pictures()
    assert found.level == "warn"
    assert "no screen" in found.text
