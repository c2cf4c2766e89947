"""XML from outside is hostile: nothing is expanded, nothing is fetched, nothing grows without end."""

import pytest

from connections._errors import Unreadable
from connections._soap import parse_xml

TEN_TIMES = "".join('<!ENTITY a{} "{}">'.format(n, f"&a{n - 1};" * 10) for n in range(1, 10))
BOMB = f'<!DOCTYPE b [<!ENTITY a0 "aaaaaaaaaa">{TEN_TIMES}]><b>&a9;</b>'


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        "<x>&outro;</x>",
        "<x>" * 100_000,
        "<x>" * 5_000 + "</x>" * 5_000,
        "<x>" + "a" * 11_000_000 + "</x>",
        "<x/><x/>",
        "",
        "não é XML",
    ],
    ids=["bomb", "file", "network", "unknown entity", "unclosed", "deep", "long text", "two roots", "empty", "no XML"],
)
def test_what_is_not_plain_xml_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_xml(text.encode())


def test_plain_xml_is_read_without_comments_and_instructions() -> None:
    root = parse_xml("<?xml version='1.0'?><x><!-- c --><?p i?><y>ção</y></x>".encode())
    assert [(child.tag, child.text) for child in root] == [("y", "ção")]
