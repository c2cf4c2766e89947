"""What a person asked for wrongly."""

from connections._errors import Problem


class Mistake(Problem):
    """It cannot be done as it was asked; the sentence says what is wrong and what to do."""
