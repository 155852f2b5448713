"""Asks the questions at a terminal, or of whatever gives a line for a prompt."""

from collections.abc import Callable, Mapping

from solver.new_case.answers import Answers, Question, WrongAnswerError, questions

Ask = Callable[[str], str]
Tell = Callable[[str], None]


def asked(given: Mapping[str, str], ask: Ask | None, tell: Tell) -> Answers:
    """Return the answers to all questions.

    given: answers by the keys of their questions, which are not asked then. ask: returns what was
    typed at a prompt, without the end of the line; None: whatever is not given is as by default.
    tell: shows a line. Raises WrongAnswerError for one of `given`; EOFError and KeyboardInterrupt
    are those of `ask`.
    """
    every = questions()
    answers = {}
    for question in every:
        if (word := given.get(question.key)) is not None:
            answers[question.key] = _read(question, word)
    left = [question for question in every if question.key not in answers]
    if ask is not None and left:
        tell("Enter takes what stands in brackets; Ctrl-C leaves nothing behind.")
    for number, question in enumerate(left, start=1):
        answers[question.key] = question.default if ask is None else _answer(
            f"{number} of {len(left)}", question, ask, tell
        )  # fmt: skip
    return Answers(**answers)


def _read(question: Question, word: str) -> str:
    try:
        return question.read(word)
    except WrongAnswerError as error:
        raise WrongAnswerError(f"--{question.key}: {error}") from error


def _answer(number: str, question: Question, ask: Ask, tell: Tell) -> str:
    """One answer, asked for until there is one."""
    tell(f"\n{question.words} ({number})")
    widest = max(len(option.word) for option in question.options)
    for option in question.options:
        tell(f"  {option.word:<{widest}}  {option.means}".rstrip())
    while True:
        try:
            return question.read(ask(f"[{question.default}] "))
        except WrongAnswerError as error:
            tell(f"{error}\none of: {', '.join(option.word for option in question.options)}")
