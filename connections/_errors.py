"""What can go wrong with a system, named after what happens next.

Problem              one sentence for the person who reads it
├── Misconfigured    nothing was started: a setting is missing or wrong
├── Denied           the credential was refused: nothing more is sent until a person acts
│   └── Disconnected     the authorization has ended: a person connects the system again
├── Unreadable       the answer contradicts itself or cannot be read: the run stops before writing
│   └── Missing      what was asked for is not there
├── Unavailable      no answer, or turned away for now: the next run tries again
│   └── NotSent          a write that did not go out: nothing stands there because of it
│       └── Stopped          nor does anything else: somebody has stopped the run
├── Rejected         the system said no: a person must act
└── Unknown          sent, but no answer to trust: look before sending again
"""

from typing import Any

from connections._sayings import SAYINGS


class Problem(Exception):
    """One clear sentence: what is wrong, where, what to do.

    A sentence with `values` in it is said in the reader's language (`said`), as `_sayings.py` has it.
    """

    def __init__(self, sentence: str, **values: Any) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(str(self))

    def __str__(self) -> str:
        return self._filled(self.sentence, str)

    def said(self, language: str) -> str:
        """The sentence in a language, or as it was written where nobody has put it into that language."""
        return self._filled(
            SAYINGS.get(language, {}).get(self.sentence, self.sentence),
            lambda problem: problem.said(language),
        )

    def _filled(self, sentence: str, tell: Any) -> str:
        values = {name: tell(value) if isinstance(value, Problem) else value for name, value in self.values.items()}
        return sentence.format(**values) if values else sentence


class Misconfigured(Problem):
    """A setting is missing or wrong; nothing was started."""


class Denied(Problem):
    """The credential was refused; nothing more is sent until a person acts."""


class Disconnected(Denied):
    """There is no authorization, or it has ended; nothing is sent until a person connects the system again."""


class Unreadable(Problem):
    """An answer cannot be read or contradicts itself; the run stops before anything is written."""


class Missing(Unreadable):
    """What was asked for by its id is not there; who asks for what may be gone, catches it."""


class Refused(Unreadable):
    """A question was answered with a refusal: who asks for one record among others holds what needs it, and goes on."""


class Unavailable(Problem):
    """No answer, or turned away for now; the next run tries again."""


class NotSent(Unavailable):
    """A write that did not go out, or was turned away unread; the next run sends it."""


class Stopped(NotSent):
    """Somebody has stopped the run: no other call is made; the next run does what is left."""


class Rejected(Problem):
    """The system refused the document; a person must act. `status` is that of the answer, where there was one."""

    def __init__(self, sentence: str, *, status: int | None = None, **values: Any) -> None:
        self.status = status
        super().__init__(sentence, **values)


class Unknown(Problem):
    """Sent without an answer to trust; look before sending again."""
