"""A case from five answers: every combination is a case, answers are read as they are meant."""

from itertools import product

import pytest

from solver import start
from solver.case import Case
from solver.new_case import Answers, WrongAnswerError, asked, case_text, questions, written

QUESTIONS = {question.key: question for question in questions()}
WORDS = {
    key: [option.word for option in question.options] for key, question in QUESTIONS.items()
} | {"particle": ["disc 30", "ball 12"]}
EVERY = [Answers(*words) for words in product(*(WORDS[key] for key in Answers._fields))]
DEFAULT = Answers(*(QUESTIONS[key].default for key in Answers._fields))


def loaded(folder, answers) -> Case:
    path = folder / "case.yaml"
    path.write_text(case_text(answers, "schema.json"))
    return Case.load(path)


def test_every_combination_of_answers_is_a_case(tmp_path):
    assert len(EVERY) == 2 * 4 * 3 * 6 * 3
    for answers in EVERY:
        loaded(tmp_path, answers)


def neighbours() -> list[Answers]:
    """Answers beside the default ones: all voltages of every oxide, and what changes equations."""
    pairs = [
        *product(("material",), WORDS["material"], ("protocol",), ("impedance",)),
        *product(("material",), ("LCO",), ("protocol",), WORDS["protocol"]),
        *product(("boundaries",), WORDS["boundaries"], ("show",), WORDS["show"]),
        *product(("particle",), ("ball 12",), ("show",), WORDS["show"]),
    ]
    chosen = [DEFAULT._replace(**{one: a, two: b}) for one, a, two, b in pairs]
    return list(dict.fromkeys(chosen))


def test_what_the_answers_make_can_be_run(tmp_path):
    """As `check` sees it: materials, protocol, size."""
    chosen = neighbours()
    assert len(chosen) > 15
    for answers in chosen:
        case = loaded(tmp_path, answers)
        told = start.cautions(case, start.planned(case, force=False), tmp_path / "runs")
        assert not [caution for caution in told if "mesh" in caution or "unit" in caution], answers


def test_what_is_answered_is_what_is_written(tmp_path):
    case = loaded(tmp_path, Answers("ball 20", "LCO", "lpo", "rates", "voltage"))
    assert case.particle.shape == "sphere"
    assert case.particle.grains.count == 20
    assert case.particle.boundary.state == "lpo"
    assert case.materials.grain == "LCO"
    assert case.protocol[0].kind == "rate_test"
    assert not case.physics.cohesive.enabled


@pytest.mark.parametrize("boundaries", WORDS["boundaries"])
def test_liquid_is_where_it_was_asked_for(tmp_path, boundaries):
    case = loaded(tmp_path, DEFAULT._replace(boundaries=boundaries, show="wear"))
    wet = boundaries == "liquid"
    assert case.physics.wetting.enabled == case.physics.corrosion.enabled == wet
    assert case.physics.fatigue.enabled


def test_cracks_need_weaker_boundaries_than_the_library_has(tmp_path):
    given = {show: loaded(tmp_path, DEFAULT._replace(show=show)) for show in ("cracks", "wear")}
    assert given["cracks"].physics.cohesive.strength == 1e9
    assert given["wear"].physics.cohesive.strength is None


@pytest.mark.parametrize("grains", [1, 7, 200])
def test_grains_are_of_one_size_whatever_their_number(tmp_path, grains):
    for shape, size in (("disc", 1e-6), ("ball", 0.35e-6)):
        case = loaded(tmp_path, DEFAULT._replace(particle=f"{shape} {grains}"))
        assert case.particle.mean_grain_diameter == pytest.approx(size, rel=0.01)


# --- answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "answer", "meant"),
    [
        ("particle", "", "disc 30"),
        ("particle", "ball", "ball 12"),
        ("particle", " DISC  of 8 grains ", "disc 8"),
        ("particle", "b 5", "ball 5"),
        ("material", "nmc811", "NMC811"),
        ("material", "L", "LCO"),
        ("boundaries", "lp", "lpo"),
        ("show", "", "cracks"),
    ],
)
def test_answers_are_read_as_they_are_meant(key, answer, meant):
    assert QUESTIONS[key].read(answer) == meant


@pytest.mark.parametrize(
    ("key", "answer", "why"),
    [
        ("particle", "dics 30", "did you mean disc"),
        ("particle", "disc many", "expected disc or ball and a number of grains"),
        ("particle", "disc 0", "1 to 2000 grains"),
        ("particle", "ball 501", "1 to 500 grains"),
        ("particle", "ball " + 5000 * "9", "1 to 500 grains"),
        ("material", "NMC", "NMC532 or NMC76 or NMC811"),
        ("boundaries", "l", "liquid or lpo"),
        ("protocol", "cicle", "did you mean cycle"),
    ],
)
def test_wrong_answers_are_told(key, answer, why):
    with pytest.raises(WrongAnswerError, match=why):
        QUESTIONS[key].read(answer)


def dialogue(*lines, given=None):
    """The answers, what was asked, and what was told, when a person types some lines."""
    typed, prompts, told = iter(lines), [], []

    def ask(prompt):
        prompts.append(prompt)
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    return asked(given or {}, ask, told.append), prompts, "\n".join(told)


def test_enter_takes_the_default():
    answers, prompts, _ = dialogue("", "", "", "", "")
    assert answers == DEFAULT
    assert prompts[0] == "[disc 30] "


def test_there_are_five_questions():
    assert len(dialogue("", "", "", "", "")[1]) == len(QUESTIONS) == 5


def test_a_wrong_answer_is_asked_for_again_with_the_choices_named():
    answers, prompts, told = dialogue("", "", "wet", "liquid", "", "")
    assert answers.boundaries == "liquid"
    assert prompts.count("[bare] ") == 2
    assert "there is no 'wet' here\none of: bare, liquid, lpo" in told


def test_what_is_given_is_not_asked():
    answers, prompts, _ = dialogue("", "", given={"material": "lco", "show": "w", "protocol": "i"})
    assert (answers.material, answers.show, answers.protocol) == ("LCO", "wear", "impedance")
    assert len(prompts) == 2


def test_nothing_is_asked_where_nobody_answers():
    assert asked({"material": "LCO"}, None, pytest.fail) == DEFAULT._replace(material="LCO")


# --- files -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_case_names_a_schema_that_is_there(folder):
    files = written.write(DEFAULT)
    named = files.case.read_text().splitlines()[0].partition("$schema=")[2]
    assert (files.case.parent / named).resolve() == (folder / "schema.json").resolve()
    assert written.nearest_schema(folder) == (folder / "schema.json").resolve()


def test_a_schema_above_in_the_repository_is_used(folder):
    (folder / ".git").mkdir()
    (folder / "cases").mkdir()
    written.write(DEFAULT)
    (folder / "schema.json").rename(folder / "cases" / "schema.json")
    files = written.write(DEFAULT, folder / "cases" / "mine.yaml")
    assert files.schema is None
    assert files.case.read_text().startswith("# yaml-language-server: $schema=schema.json\n")
    below = folder / "study"
    below.mkdir()
    text = written.write(DEFAULT, below / "mine.yaml").case.read_text()
    assert "$schema=../cases/schema.json\n" in text


@pytest.mark.parametrize("repository", [[], ["mine/.git"]])
def test_a_schema_above_that_may_be_anybodys_is_not_used(folder, repository):
    (folder / "mine" / "deep").mkdir(parents=True)
    for name in repository:
        (folder / name).mkdir()
    written.write(DEFAULT)
    files = written.write(DEFAULT, folder / "mine" / "deep" / "case.yaml")
    assert files.schema == folder / "mine" / "deep" / "schema.json"


def test_a_schema_of_something_else_stays(folder):
    (folder / "schema.json").write_text('{"title": "Another"}')
    files = written.write(DEFAULT)
    assert (folder / "schema.json").read_text() == '{"title": "Another"}'
    assert files.schema.name == "intergrain_schema.json"
    assert "$schema=intergrain_schema.json\n" in files.case.read_text()


def test_names_go_on_where_one_is_taken(folder):
    first, second = written.write(DEFAULT).case, written.write(DEFAULT).case
    assert (first.name, second.name) == ("disc_30_NMC811_bare.yaml", "disc_30_NMC811_bare_2.yaml")


@pytest.mark.parametrize("name", ["there.yaml", "case.txt", "nowhere/case.yaml", "link.yaml"])
def test_nothing_that_exists_is_touched(folder, name):
    (folder / "there.yaml").write_text("mine")
    (folder / "link.yaml").symlink_to("elsewhere.yaml")
    with pytest.raises(OSError):
        written.require_new(folder / name)
    assert (folder / "there.yaml").read_text() == "mine"


def test_what_appears_meanwhile_is_not_overwritten(folder):
    target = folder / "mine.yaml"
    written.require_new(target)
    target.write_text("of somebody else")
    with pytest.raises(FileExistsError):
        written.write(DEFAULT, target)
    assert [path.name for path in folder.iterdir()] == ["mine.yaml"]
    assert target.read_text() == "of somebody else"
