"""The passive layer grows by the root of time, whatever the steps, and resists as Ohm says."""

from pathlib import Path

import numpy as np
import pytest

from docs.extending import passivation
from docs.extending.passivation import Passivation
from intergrain import Case, run

GROWTH, CONDUCTIVITY = 2e-21, 1e-8  # m^2/s, S/m
RADIUS = 1e-6  # m
CHANGES = (
    "particle={radius: 1 um, grains: {count: 1}, mesh: {size: 0.2 um, boundary_size: 0.2 um}}",
    "electrode.flux=uniform",
    "physics.cohesive.enabled=false",
    "protocol=[{charge: {rate: C/2, until: {time: 10 min}}}]",
    "output={figures: {enabled: false}, fields: {enabled: false}}",
)


def charged(directory, *mechanisms):
    case = Case.load("cases/quickstart.yaml", CHANGES)
    return run(case, directory, progress=False, extra=mechanisms).history


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    """History with the layer, and without."""
    folder = tmp_path_factory.mktemp("passivation")
    return charged(folder / "with", Passivation(GROWTH, CONDUCTIVITY)), charged(folder / "without")


def test_it_grows_by_the_root_of_time(histories):
    grown, time = (histories[0][name] for name in ("Mean Passive Layer / m", "Test Time / s"))
    assert np.ptp(np.diff(time)) > 10, "steps must differ, else any rule might do"
    np.testing.assert_allclose(grown, np.sqrt(2 * GROWTH * time), rtol=1e-9)


def test_it_raises_the_voltage_by_ohms_law(histories):
    """A step meets the layer as it was when the step began."""
    layered, bare = histories
    at_begin = layered["Mean Passive Layer / m"][:-1]
    density = layered["Current / A.m-1"][1:] / (2 * np.pi * RADIUS)
    common = np.interp(layered["Test Time / s"], bare["Test Time / s"], bare["Voltage / V"])
    risen = (layered["Voltage / V"] - common)[1:]
    assert risen[-1] > 5e-3
    np.testing.assert_allclose(risen, density * at_begin / CONDUCTIVITY, rtol=0.01, atol=1e-4)


def test_it_takes_sixty_lines():
    """As its page says."""
    assert len(Path(passivation.__file__).read_text().splitlines()) <= 60
