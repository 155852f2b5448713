"""Parameters of a fit lie in a unit cube, in their own units at its ends."""

import pytest

from solver.fitting.fit_file import FitParameter
from solver.fitting.places import Ranged, ranged
from solver.units.measures import Quantity

AREA = Quantity("a conductance", "S/m^2", "20 S/m^2")


def one(**said):
    given = {"key": "electrode.contact", "from": "10 S/m^2", "to": "1000 S/m^2"} | said
    return ranged(FitParameter(**given), AREA, "1")


def test_a_linear_range_is_shared_evenly():
    assert [one().value(x) for x in (0.0, 0.5, 1.0)] == [10.0, 505.0, 1000.0]
    assert one().slope(0.3) == 990.0


def test_a_logarithmic_range_is_shared_by_its_decades():
    each = one(log=True)
    assert each.value(0.5) == pytest.approx(100.0)
    assert each.place(100.0) == pytest.approx(0.5)
    step = 1e-6
    slope = (each.value(0.5 + step) - each.value(0.5 - step)) / (2 * step)
    assert each.slope(0.5) == pytest.approx(slope, rel=1e-6)


def test_values_are_written_with_the_unit_of_the_first_end():
    each = one(to="0.1 S/cm^2")
    assert (each.least, each.most, each.unit) == (10.0, 1000.0, "S/m^2")
    assert each.override(0.5) == "electrode.contact=505 S/m^2"


def test_the_start_is_in_the_middle_or_where_it_is_said():
    assert one(log=True).start == 0.5
    assert one(log=True, start="0.01 S/cm^2").start == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"from": "1000 S/m^2", "to": "10 S/m^2"}, "from must be less than to"),
        ({"start": "5 S/m^2"}, "start must lie between"),
        ({"start": "3 V"}, "numbers of one kind"),
    ],
)
def test_ends_that_make_no_range_are_refused(said, why):
    with pytest.raises(ValueError, match=why):
        one(**said)


@pytest.mark.parametrize(("place", "end"), [(0.0, "from"), (0.5, ""), (0.999, "to")])
def test_a_place_near_an_end_is_at_its_bound(place, end):
    assert one().at_its_bound(place) == end


def test_a_factor_on_a_material_is_written_as_such():
    each = Ranged("materials.grain.diffusivity", "D", "1", 0.1, 10.0, 0.5, True, True)
    assert each.override(0.5) == "materials.grain.diffusivity=*1"
    assert each.override(1.0) == "materials.grain.diffusivity=*10"
