"""A cell as BPX describes it: made up, with numbers by which one can tell every entry apart."""

import json

OCP = "4.55 - 1.1 * x - 0.11 * tanh(14.0 * (x - 0.55)) + 0.02 * exp(-3 * x ** 2)"
POSITIVE = {
    "OCP [V]": OCP,
    "Diffusivity [m2.s-1]": 3.1e-14,
    "Diffusivity activation energy [J.mol-1]": 15000,
    "Reaction rate constant [mol.m-2.s-1]": 2.3e-05,
    "Reaction rate constant activation energy [J.mol-1]": 35000,
    "Maximum concentration [mol.m-3]": 46200,
    "Minimum stoichiometry": 0.4,
    "Maximum stoichiometry": 0.95,
    "Particle radius [m]": 4.6e-6,
    "Entropic change coefficient [V.K-1]": -1e-4,
    "Thickness [m]": 5e-5,
}
HEADER = {"BPX": "1.0.0", "Title": "Made up", "References": "Nobody, No Journal", "Model": "SPM"}


def cell(header=None, temperature=298.15, blend=None, **changed):
    """Return a cell; changed: entries by their first word, None to leave out."""
    entries = {k: changed.get(k.split(" ")[0], v) for k, v in POSITIVE.items()}
    entries = {k: v for k, v in entries.items() if v is not None}
    electrode = {"Thickness [m]": 5e-5, "Particle": blend(entries)} if blend else entries
    parts = {"Cell": {"Reference temperature [K]": temperature}, "Positive electrode": electrode}
    return {"Header": HEADER | (header or {}), "Parameterisation": parts}


def written(folder, data, name="cell.json"):
    """Write a cell and return its path."""
    path = folder / name
    path.write_text(json.dumps(data, indent=2), encoding="utf-8")
    return path
