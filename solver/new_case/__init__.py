"""A first case of one's own: five questions, and the commented file that their answers make."""

from solver.new_case import written
from solver.new_case.answers import Answers, Option, Question, WrongAnswerError, questions
from solver.new_case.dialogue import asked
from solver.new_case.writing import case_text

__all__ = [
    "Answers",
    "Option",
    "Question",
    "WrongAnswerError",
    "asked",
    "case_text",
    "questions",
    "written",
]
