"""The shipped fits find what is known of them."""

from pathlib import Path

import pytest

from intergrain import fit
from solver.fitting.fit_file import read_fit

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_synthetic_fit_finds_what_its_curve_was_made_of(tmp_path):
    """Within twice the standard errors, which are small: a few per cent."""
    path = ROOT / "cases/fits/synthetic.yaml"
    found = fit(path, tmp_path / "out", jobs=2, progress=False)
    for name, true in (("diffusivity", 0.6), ("exchange current", 1.8)):
        assert abs(found[name] - true) < 2 * found.error(name)
        assert found.error(name) < 0.05 * true
    assert read_fit(path).measured[0].precision == 0.002
    (compared,) = found.about["compared"]
    assert compared["rms_best"] == pytest.approx(2.0, rel=0.25)
