"""The shipped fits find what is known of them."""

from pathlib import Path

import pytest

from intergrain import Case, fit, run
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


@pytest.mark.slow
def test_the_cell_that_was_fitted_at_1c_is_off_by_more_than_four_times_as_much_at_5c(tmp_path):
    """A particle knows neither electrolyte nor graphite: docs/fitting.md tells these figures."""
    folder = ROOT / "cases/ecker2015"
    off = {}
    for rate in ("1C", "5C"):
        protocol = f"protocol=[Discharge at {rate} until 2.7 V]"
        case = Case.load(folder / "discharge_5C.yaml", [protocol])
        result = run(case, tmp_path / rate, progress=False)
        compared = result.compare(folder / f"measured/discharge_{rate}.csv")
        off[rate] = 1e3 * compared.rmse("voltage over capacity")
    print(", ".join(f"{rate}: {rmse:.1f} mV" for rate, rmse in off.items()))
    assert off["1C"] == pytest.approx(12.3, abs=1.5)
    assert off["5C"] == pytest.approx(58.3, abs=3)
