"""Names as people compare them: what the macro `folded` does in SQL, for whoever looks in a target without it."""

import re
import unicodedata

APOSTROPHES = re.compile("[’‘ʼ´`′]")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def folded(name: str) -> str:
    """The name without accents, capitals and invisible signs, with one kind of apostrophe and of space."""
    plain = INVISIBLE.sub("", APOSTROPHES.sub("'", name))
    parts = unicodedata.normalize("NFD", " ".join(plain.split()))
    # Sign by sign: a whole word's lower case knows a sigma of its own for its end, which the database does not.
    return "".join(sign.lower() for sign in parts if not unicodedata.combining(sign))
