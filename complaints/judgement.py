"""What the marks of a customer mean, in one place for callbacks, surveys and figures (F15, G06, peers F 3)."""

from work.models.states import Result

MARKS = ("attitude", "speed", "result")  # the stages that are asked about, from 1 to 10
GOOD, BAD = 8, 6  # 8–10 of 10 stand for 4–5 of 5; 6 and less for 1–3 of 5
QUESTIONS = ("solved", *MARKS, "expectation", "experience", "recommends")


def result_of(solved: bool | None, mark: int | None) -> Result:
    """How the customer felt: not solved, or a bad mark for the result, is dissatisfied whatever else is said."""
    if solved is False or (mark is not None and mark <= BAD):
        return Result.DISSATISFIED
    if solved and (mark is None or mark >= GOOD):
        return Result.SATISFIED
    return Result.NEUTRAL
