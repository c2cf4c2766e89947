"""What can go wrong with a system, named after what happens next.

Problem              one sentence for the person who reads it
├── Misconfigured    nothing was started: a setting is missing or wrong
├── Denied           the credential was refused: nothing more is sent until a person acts
├── Unreadable       the answer contradicts itself or cannot be read: the run stops before writing
├── Unavailable      not sent, or turned away for now: the next run tries again
├── Rejected         the system said no: a person must act
└── Unknown          sent, but no answer to trust: look before sending again
"""


class Problem(Exception):
    """One clear sentence: what is wrong, where, what to do."""


class Misconfigured(Problem):
    """A setting is missing or wrong; nothing was started."""


class Denied(Problem):
    """The credential was refused; nothing more is sent until a person acts."""


class Unreadable(Problem):
    """An answer cannot be read or contradicts itself; the run stops before anything is written."""


class Unavailable(Problem):
    """Not sent, or turned away for now; the next run tries again."""


class Rejected(Problem):
    """The system refused the document; a person must act."""


class Unknown(Problem):
    """Sent without an answer to trust; look before sending again."""
