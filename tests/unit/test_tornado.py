"""The figure of a screening has a bar for each end, the strongest input on top."""

from matplotlib.colors import to_hex

from calibration.tornado import figure, ranked
from solver.results import style

NAN = float("nan")
PRISTINE = {"weak\n1 nm": {"low": 0.2, "high": -0.1}, "strong\n2 nm": {"low": 1.5, "high": -4.25}}
INFUSED = {"weak\n1 nm": {"low": -0.5, "high": NAN}}


def drawn():
    return figure({"pristine: 80.0 %": PRISTINE, "infused: 90.0 %": INFUSED}, "Change")


def bars(axes):
    return [(round(bar.get_y() + bar.get_height() / 2, 6), bar.get_width()) for bar in axes.patches]


def texts(axes):
    return {text.get_text() for text in axes.texts}


def test_bars_go_from_the_nominal_value_to_those_at_both_ends():
    left, right = drawn().axes
    assert bars(left) == [(-0.2, 1.5), (0.8, 0.2), (0.2, -4.25), (1.2, -0.1)]
    assert bars(right)[0] == (0.8, -0.5)
    colours = [to_hex(left.patches[number].get_facecolor()) for number in (0, 2)]
    assert colours == [style.BLUE.lower(), style.VERMILION.lower()]
    assert {"+1.50", "-4.25", "+0.20", "-0.10"} == texts(left)


def test_what_does_not_act_or_has_no_result_is_told_in_its_row():
    _, right = drawn().axes
    assert texts(right) == {"does not act", "-0.50", "no result"}
    (idle,) = [text for text in right.texts if text.get_text() == "does not act"]
    assert idle.xy == (0, 0)


def test_inputs_are_ranked_by_what_they_do_at_most():
    assert ranked([INFUSED, PRISTINE]) == ["strong\n2 nm", "weak\n1 nm"]
    assert ranked([{"a": {"low": NAN}, "b": {"high": 0.1}}]) == ["b", "a"]


def test_panels_have_titles_labels_and_one_scale():
    left, right = drawn().axes
    assert [axes.get_title(loc="left") for axes in (left, right)] == [
        "pristine: 80.0 %", "infused: 90.0 %",
    ]  # fmt: skip
    assert [label.get_text() for label in left.get_yticklabels()] == ["strong\n2 nm", "weak\n1 nm"]
    assert left.get_xlim() == right.get_xlim()
    low, high = left.get_ylim()
    assert low > high  # the first on top


def test_there_is_room_beside_zero_for_what_is_said_there():
    """Where all bars go one way as well."""
    (axes,) = figure({"one": {"a": {"low": -2.0, "high": 0.0}}}, "Change / points").axes
    left, right = axes.get_xlim()
    assert left < -2.2
    assert right > 0.2
    assert axes.figure.get_supxlabel() == "Change / points"
