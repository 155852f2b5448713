"""What is cited of a case or a run: methods by its switches, sources of materials, libraries."""

import ast
import json
import re
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
from pydantic import Field

from solver.case import Case
from solver.case.teaching import models_in
from solver.citations import as_bibtex, bibliography, bibtex_of, of_case, of_run, written
from solver.citations.libraries import LIBRARIES
from solver.units.references import Cites, cited
from solver.units.section import Section
from tests.shipped import SHIPPED

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "cases/quickstart.yaml"


def keys(entries) -> list[str]:
    return [entry.key for entry in entries]


def methods(*changes) -> list[str]:
    return keys(of_case(Case.load(QUICKSTART, changes)).methods)


def declared() -> set[str]:
    """All keys that any part of a case names."""
    named: set[str] = set()
    for model in models_in(Case):
        named.update(getattr(model, "references", ()))
        for field in model.model_fields.values():
            named.update(key for each in field.metadata if isinstance(each, Cites)
                         for key in each.keys)  # fmt: skip
    return named


def test_every_key_that_a_part_of_a_case_names_is_an_entry():
    assert len(declared()) > 15
    assert declared() <= set(bibliography())


def test_every_entry_is_named_by_something():
    libraries = {library.reference for library in LIBRARIES}
    named = {key for key, entry in bibliography().items() if entry.known}
    assert set(bibliography()) == declared() | libraries | named | {"intergrain"}


def test_references_are_declared_in_code_as_keys_of_entries():
    """Also those of mechanisms that no case has yet."""
    for path in (ROOT / "solver").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "references":
                assert set(ast.literal_eval(node.value)) <= set(bibliography()), path


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("physics.fatigue.enabled=true", "roe2003"),
        ("physics.oxide_ageing.enabled=true", "yan2018"),
        ("physics.cohesive.mixed_mode.criterion=benzeggagh_kenane", "benzeggagh1996"),
        ("physics.cohesive.scatter_law=weibull", "weibull1951"),
        ("numerics.time_step.method=second_order", "alexander1977"),
    ],
)
def test_what_is_switched_on_adds_its_entry(change, key):
    assert key not in methods()
    assert key in methods(change)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("physics.cohesive.enabled=false", "turon2006"),
        ("physics.stress_in_potential.enabled=false", "larche1973"),
    ],
)
def test_what_is_switched_off_takes_its_entry_away(change, key):
    assert key in methods()
    assert key not in methods(change)


def test_what_is_within_something_that_is_off_does_not_count():
    on = "physics.cohesive.mixed_mode.criterion=benzeggagh_kenane"
    assert "benzeggagh1996" not in methods(on, "physics.cohesive.enabled=false")


def test_sliding_rests_on_creep_only_across():
    sliding = "physics.sliding.enabled=true"
    assert "arzt1983" not in methods(sliding)
    assert "arzt1983" in methods(sliding, "physics.sliding.across=1")


def test_laguerre_cells_are_cited_where_there_are_any():
    laguerre = ("particle.grains.structure=laguerre", "particle.grains.size_spread=0.3")
    assert "kitagawa2019" in methods(*laguerre)
    assert "kitagawa2019" not in methods()


class Inner(Section):
    references: ClassVar[tuple[str, ...]] = ("inner",)

    enabled: bool = True
    share: Annotated[float, Cites(("share",))] = 0.0


class Outer(Section):
    inner: tuple[Inner, ...] = (Inner(enabled=False), Inner(share=0.5))
    named: dict[str, Inner] = Field({})


def test_parts_in_lists_and_mappings_are_gone_through():
    assert list(cited(Outer())) == ["inner", "share"]
    assert list(cited(Outer(inner=(), named={"a": Inner()}))) == ["inner"]
    assert list(cited(Outer(inner=(Inner(enabled=False, share=1.0),)))) == []


# --- materials and libraries -----------------------------------------------------------------


def test_materials_are_cited_by_their_sources():
    of = {
        name: of_case(Case.load(QUICKSTART, [f"materials.grain={name}"]))
        for name in ("NMC811", "LCO")
    }
    assert "sturm2019" in keys(of["NMC811"].materials)
    assert "sturm2019" not in keys(of["LCO"].materials)
    assert "ai2020" in keys(of["LCO"].materials)


def test_sources_without_an_entry_are_told_as_they_are():
    notes = of_case(Case.load(QUICKSTART)).notes
    assert any("Maerker et al." in note.text and note.quantity == "lattice_a" for note in notes)
    assert not any(note.text.startswith("assumed") for note in notes)


def test_a_doi_in_a_source_becomes_an_entry(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nabout: mine\nbased_on: NMC811\n"
        "density:\n  value: 4776\n  unit: kg/m^3\n  source: doi:10.1234/abc_(5).6, table 2\n"
    )
    (tmp_path / "case.yaml").write_text(
        QUICKSTART.read_text().replace("grain: NMC76", "grain: ./mine.yaml")
    )
    found = of_case(Case.load(tmp_path / "case.yaml")).materials
    assert "10.1234/abc_(5).6" in [entry.fields.get("doi") for entry in found]


def test_gmsh_is_cited_where_it_meshed():
    made = of_case(Case.load(QUICKSTART))
    read = of_case(Case.load(ROOT / "cases/meshes/disc.yaml"))
    assert "geuzaine2009" in keys(made.libraries)
    assert "geuzaine2009" not in keys(read.libraries)


def test_what_draws_is_cited_where_something_was_drawn():
    off = ["output.figures.enabled=false", "output.report.enabled=false"]
    assert {"sullivan2019", "hunter2007"} <= set(keys(of_case(Case.load(QUICKSTART)).libraries))
    assert not {"sullivan2019", "hunter2007"} & set(
        keys(of_case(Case.load(QUICKSTART, off)).libraries)
    )


# --- runs ------------------------------------------------------------------------------------


def a_run(folder: Path) -> Path:
    """What of a run is read to cite it."""
    rows = [{"quantity": "potential", "value": "", "temperature": "", "source": "Sturm et al."}]
    material = {"kind": "grain", "name": "mine", "about": "", "rows": rows}
    versions = {"intergrain": "0.1.0", "dolfinx": "0.9.0", "petsc": None}
    (folder / "case.yaml").write_text(QUICKSTART.read_text())
    (folder / "materials.json").write_text(json.dumps([material]))
    (folder / "metadata.json").write_text(json.dumps({"versions": versions, "commit": "abc123"}))
    return folder


def test_a_run_is_cited_with_its_versions(tmp_path):
    found = of_run(a_run(tmp_path))
    notes = {entry.key: entry.fields.get("note") for entry in (found.program, *found.libraries)}
    assert notes["intergrain"] == "intergrain 0.1.0, commit abc123"
    assert notes["baratta2023"] == "DOLFINx 0.9.0"
    assert notes["balay1997"] is None, "a version that is not known is not told"


def test_the_materials_of_a_run_are_those_it_had(tmp_path):
    assert keys(of_run(a_run(tmp_path)).materials) == ["sturm2019"]


@pytest.mark.parametrize("text", ["[", "[1]", '[{"name": "x"}]'])
def test_a_damaged_run_is_a_plain_error(tmp_path, text):
    (a_run(tmp_path) / "materials.json").write_text(text)
    with pytest.raises(ValueError):
        bibtex_of(tmp_path)


# --- BibTeX ----------------------------------------------------------------------------------


def parsed(text: str) -> dict[str, dict[str, str]]:
    """Entries of a BibTeX text; what is between them must be comments."""
    entry = re.compile(r"^@\w+\{([^,\s]+),\n((?:  \w+ = \{.*\},\n)+)\}$", re.MULTILINE)
    rest = entry.sub("", text)
    assert all(line.startswith("%") for line in rest.splitlines() if line.strip())
    fields = re.compile(r"  (\w+) = \{(.*)\},")
    found = [(key, dict(fields.findall(lines))) for key, lines in entry.findall(text)]
    assert len(dict(found)) == len(found), "an entry stands there twice"
    return dict(found)


def test_all_entries_are_sound():
    every = parsed("\n".join(map(written, bibliography().values())))
    assert every.keys() == bibliography().keys()
    for key, fields in every.items():
        assert {"author", "title"} <= fields.keys(), key
        assert "known" not in fields
        assert all(value.count("{") == value.count("}") for value in fields.values()), key
        assert re.fullmatch(r"10\.\d{4,}/\S+", fields.get("doi", "10.1234/5")), key


def test_what_is_printed_is_bibtex_and_holds_every_part():
    found = of_case(Case.load(ROOT / "cases/yan2018/full_cell.yaml"))
    every = parsed(as_bibtex(found, "a case"))
    expected = [found.program, *found.methods, *found.materials, *found.libraries]
    assert list(every) == list(dict.fromkeys(keys(expected)))


def test_every_shipped_case_can_be_cited():
    for path in SHIPPED:
        assert parsed(bibtex_of(path)), path
