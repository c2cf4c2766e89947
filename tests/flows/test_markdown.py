"""What others wrote is shown in Prefect as they wrote it, and as nothing but text."""

import pytest
from markdown_it import MarkdownIt

from flows._markdown import plain

HOSTILE = [
    "![x](http://127.0.0.1:9/pixel.png)",
    "<img src=http://127.0.0.1:9/pixel.png>",
    "veja [seu banco](https://example.com/phishing)",
    "veja https://example.com/phishing ou www.example.com",
    "# título",
    "- um\n- dois",
    "12. lugar",
    "1) lugar",
    "> dito",
    "+ mais",
    "`código` *forte* __forte__ ~~riscado~~ | célula |",
    "a\\b \\[c](d)",
]
ORDINARY = [
    "O plano de contas não existe na Kamino: “Aulas de Dança” (R$ 1.234,56)",
    "falta em cuentas.csv, vea categorias_de_factura.csv",
    "Conta contábil inválida (AdicionaRateio); 3-4/2026 · -R$ 5,00",
    "KAMINO-55013 sem-id-0a1b2c3d4e5f",
]


@pytest.mark.parametrize("text", [*HOSTILE, *ORDINARY])
def test_it_is_rendered_as_one_paragraph_of_text_that_reads_as_it_was_written(text: str) -> None:
    [start, inline, end] = MarkdownIt("gfm-like", {"linkify": False}).parse(plain(text))
    kinds = {each.type for each in inline.children or []}
    said = "".join(each.content for each in inline.children or [])
    assert (start.type, end.type, kinds, said) == (
        "paragraph_open",
        "paragraph_close",
        {"text"},
        " ".join(text.split()),
    )


@pytest.mark.parametrize("text", ORDINARY)
def test_what_needs_no_escape_stays_as_it_is(text: str) -> None:
    assert plain(text) == text
