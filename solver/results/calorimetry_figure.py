"""The figure of heat flow over the temperature, with the peak that was measured."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from solver.results import headers, style
from solver.results.calorimetry import CELSIUS, computed, measured
from solver.results.history import History

X_AXIS, AXIS = "Temperature / °C", "Heat flow / W g$^{-1}$"


def figure(history: History, resolved: Mapping[str, Any]) -> Figure | None:
    """Heat flow over the temperature with the measured peak as a line, None without heat."""
    found, known = computed(history), measured(resolved)
    if found is None:
        return None
    drawn = style.new_figure(4.6, 3.2)
    axes = drawn.subplots()
    kelvin, flow = history[headers.TEMPERATURE], history[headers.HEAT_FLOW]
    label = f"computed: {found.peak:.1f} °C, {found.heat:.0f} J/g"
    axes.plot(kelvin - CELSIUS, flow, color=style.VERMILION, label=label)
    if known is not None:
        label = f"measured: {known.peak:.1f} °C, {known.heat:.0f} J/g"
        axes.axvline(known.peak, color=style.BLACK, ls="--", lw=1, label=label)
    axes.set_xlabel(X_AXIS)
    axes.set_ylabel(AXIS)
    drawn.legend(*axes.get_legend_handles_labels(), loc="outside upper left")
    return drawn
