"""The decision table of every integration, row by row: ledger, mirror and source in, one action out."""

import pytest

from tests.flows._deciding import Case, Decided, Happened, Stands, Wanted, decided

POSTED = Happened("posted", "A", target="7")
SEVERAL = "Há mais de um registro no destino que corresponde a este documento; deixe só um (7, 8)"
CONTESTED = "Mais de um documento corresponde ao mesmo registro no destino (7)"
IDENTIFY = "; ou identifique lá o certo com a referência "
EDITED = "Foi alterado no destino à mão depois de lançado"
OVERWRITTEN = "Foi alterado no destino à mão depois de lançado; o que a origem diz foi gravado de novo"
GONE = "Não está mais no destino, onde já tinha sido lançado; nada foi lançado de novo"
CHANGED = "Mudou na origem depois de lançado, e o destino não permite alterar; ajuste no destino à mão"
DIFFERS = "Já está no destino com outro conteúdo, e o destino não permite alterar; ajuste no destino à mão"

TABLE: dict[str, tuple[Case, Decided]] = {
    # -- this exact content was posted
    "posted, and the target has it: left alone": (
        Case(past=[POSTED], there=[Stands("7", "A")]),
        Decided("skip", "7"),
    ),
    "posted, and the target cannot be read: left alone": (
        Case([Wanted(mirrored=False)], past=[POSTED]),
        Decided("skip", "7"),
    ),
    "posted, and changed there by hand: drift, not touched": (
        Case(past=[POSTED], there=[Stands("7", "X")]),
        Decided("drift", "7", EDITED, drift=True),
    ),
    "posted, and changed there by hand, where the source always wins: written again": (
        Case(past=[POSTED], there=[Stands("7", "X")], on_drift="overwrite"),
        Decided("update", "7", OVERWRITTEN, drift=True),
    ),
    "posted, and gone from a target that was read: drift, never posted again": (
        Case(past=[POSTED]),
        Decided("drift", "7", GONE, drift=True),
    ),
    "posted, gone, and changed in the source: still not posted again": (
        Case([Wanted("B")], past=[POSTED]),
        Decided("drift", "7", GONE, drift=True),
    ),
    "posted, and nothing of it can be compared: left alone": (
        Case([Wanted(compared=None)], past=[Happened("posted", target="7", compared=None)], there=[Stands("7", None)]),
        Decided("skip", "7"),
    ),
    # -- another content was posted
    "posted with another content, and the target has that one: updated": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "A")]),
        Decided("update", "7"),
    ),
    "posted with another content, and the target cannot be read: updated": (
        Case([Wanted("B", mirrored=False)], past=[POSTED]),
        Decided("update", "7"),
    ),
    "changed in the source where the mirror cannot compare: updated": (
        Case([Wanted("B", compared="A")], past=[POSTED], there=[Stands("7", "A")]),
        Decided("update", "7"),
    ),
    "changed in the source, and somebody wrote the same there: taken as done": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "B")]),
        Decided("adopt", "7"),
    ),
    "changed in the source, and differently there by hand: drift, a person decides": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "X")]),
        Decided("drift", "7", EDITED, drift=True),
    ),
    "changed on both sides, where the source always wins: written again": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "X")], on_drift="overwrite"),
        Decided("update", "7", OVERWRITTEN, drift=True),
    ),
    "changed in the source, and the target allows no change: held back": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "A")], on_change="hold"),
        Decided("hold", "7", CHANGED),
    ),
    "changed in the source, target allows no change, adjusted there by hand: taken as done": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "B")], on_change="hold"),
        Decided("adopt", "7"),
    ),
    "changed where nobody can compare, target allows no change: taken as done": (
        Case([Wanted("B", compared="A")], past=[POSTED], there=[Stands("7", "A")], on_change="hold"),
        Decided("adopt", "7"),
    ),
    "changed in the source, of a kind that is only ever created: left alone": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "A")], on_change="ignore"),
        Decided("skip", "7"),
    ),
    "changed in the source, and locked there: held back with the reason": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "A", locked="Já conciliado")]),
        Decided("hold", "7", "Já conciliado"),
    ),
    "changed in the source, locked there, adjusted there by hand: taken as done": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "B", locked="Já conciliado")]),
        Decided("adopt", "7"),
    ),
    "changed back to what was posted: left alone": (
        Case(past=[POSTED, Happened("rejected", "B")], there=[Stands("7", "A")]),
        Decided("skip", "7"),
    ),
    # -- the target refused
    "refused with this content: held back with the target's words": (
        Case(past=[Happened("rejected", because="Período fechado")]),
        Decided("hold", None, "O destino recusou este conteúdo: Período fechado"),
    ),
    "refused with another content: sent": (
        Case([Wanted("B")], past=[Happened("rejected", "A", because="Período fechado")]),
        Decided("create"),
    ),
    "refused, and a person asks for it again: sent": (
        Case(past=[Happened("rejected", because="Período fechado"), Happened("retry")]),
        Decided("create"),
    ),
    "an update was refused: held back, what was posted is not forgotten": (
        Case(
            [Wanted("B")], past=[POSTED, Happened("rejected", "B", because="Conta baixada")], there=[Stands("7", "A")]
        ),
        Decided("hold", "7", "O destino recusou este conteúdo: Conta baixada"),
    ),
    # -- sent, and no answer
    "sent without an answer, and it is there: linked": (
        Case(past=[Happened("sending"), Happened("unknown")], there=[Stands("7", "A", reference="R-1")]),
        Decided("link", "7"),
    ),
    "killed while sending, and it is there: linked": (
        Case(past=[Happened("sending")], there=[Stands("7", "A", reference="R-1")]),
        Decided("link", "7"),
    ),
    "sent without an answer, it is there, and the source has changed since: linked and updated": (
        Case([Wanted("B")], past=[Happened("sending"), Happened("unknown")], there=[Stands("7", "A", reference="R-1")]),
        Decided("update", "7"),
    ),
    "sent without an answer, and the complete mirror does not have it: sent": (
        Case(past=[Happened("sending"), Happened("unknown")]),
        Decided("create"),
    ),
    "sent without an answer, and the target cannot be read: looked for first": (
        Case([Wanted(mirrored=False)], past=[Happened("sending"), Happened("unknown")]),
        Decided("find"),
    ),
    "killed while sending, and the target cannot be read: looked for first": (
        Case([Wanted(mirrored=False)], past=[Happened("sending")]),
        Decided("find"),
    ),
    "turned away unread, and the target cannot be read: sent, for nothing went out": (
        Case([Wanted(mirrored=False)], past=[Happened("sending"), Happened("unavailable")]),
        Decided("create"),
    ),
    "an update without an answer that arrived: taken as done": (
        Case(
            [Wanted("B")], past=[POSTED, Happened("sending", "B"), Happened("unknown", "B")], there=[Stands("7", "B")]
        ),
        Decided("adopt", "7"),
    ),
    "an update without an answer that did not arrive: sent again to the same record": (
        Case(
            [Wanted("B")], past=[POSTED, Happened("sending", "B"), Happened("unknown", "B")], there=[Stands("7", "A")]
        ),
        Decided("update", "7"),
    ),
    # -- never sent
    "new, and there by our reference, alike: linked": (
        Case(there=[Stands("7", "A", reference="R-1")]),
        Decided("link", "7"),
    ),
    "new, and there by our reference, with other values: linked and updated": (
        Case(there=[Stands("7", "X", reference="R-1")]),
        Decided("update", "7"),
    ),
    "new, there with other values, and the target allows no change: held back": (
        Case(there=[Stands("7", "X", reference="R-1")], on_change="hold"),
        Decided("hold", "7", DIFFERS),
    ),
    "new, there with other values, of a kind that is only ever created: linked": (
        Case(there=[Stands("7", "X", reference="R-1")], on_change="ignore"),
        Decided("link", "7"),
    ),
    "new, there with other values, and locked: held back with the reason": (
        Case(there=[Stands("7", "X", reference="R-1", locked="Já conciliado")]),
        Decided("hold", "7", "Já conciliado"),
    ),
    "new, there alike, and locked: linked, for nothing need be written": (
        Case(there=[Stands("7", "A", reference="R-1", locked="Já conciliado")]),
        Decided("link", "7"),
    ),
    "new, and one record has its natural key: linked": (
        Case(
            [Wanted(natural_key="ana")],
            there=[Stands("7", "A", natural_key="ana"), Stands("8", "A", natural_key="bia")],
        ),
        Decided("link", "7"),
    ),
    "new, our reference and another record's natural key both match: the reference decides": (
        Case(
            [Wanted(natural_key="ana")],
            there=[Stands("7", "A", natural_key="ana"), Stands("8", "A", reference="R-1", natural_key="ana")],
        ),
        Decided("link", "8"),
    ),
    "new, and the record with its natural key carries somebody else's reference: created": (
        Case([Wanted(natural_key="ana")], there=[Stands("7", "A", reference="R-9", natural_key="ana")]),
        Decided("create"),
    ),
    "new, and the record with its natural key belongs to another document: created": (
        Case(
            [Wanted(natural_key="ana")],
            there=[Stands("7", "A", natural_key="ana")],
            past=[Happened("posted", document_id="2", target="7")],
        ),
        Decided("create"),
    ),
    "new, and the integration knows its record, alike: linked": (
        Case([Wanted(target_id="7")], there=[Stands("7", "A")]),
        Decided("link", "7"),
    ),
    "new, and the integration knows its record, in another state: updated": (
        Case([Wanted(target_id="7")], there=[Stands("7", "X")]),
        Decided("update", "7"),
    ),
    "new, and two records have its natural key: held back with both": (
        Case([Wanted(natural_key="ana")], there=[Stands(key, "A", natural_key="ana") for key in ("8", "7")]),
        Decided("hold", None, SEVERAL + IDENTIFY + "R-1"),
    ),
    "new, and two records have our reference: held back with both": (
        Case(there=[Stands(key, "A", reference="R-1") for key in ("7", "8")]),
        Decided("hold", None, SEVERAL + IDENTIFY + "R-1"),
    ),
    "new, two records, and the kind has no reference: the sentence does not speak of one": (
        Case(
            [Wanted(reference=None, natural_key="ana")],
            there=[Stands(key, "A", natural_key="ana") for key in ("7", "8")],
        ),
        Decided("hold", None, SEVERAL),
    ),
    "new, and a key that is missing matches nothing": (
        Case([Wanted(reference=None, natural_key=None)], there=[Stands("7", "A")]),
        Decided("create"),
    ),
    "new, and not there: created": (Case(), Decided("create")),
    "new, and the target cannot be read: created": (Case([Wanted(mirrored=False)]), Decided("create")),
    # -- held back or ignored by the source's side
    "a broken rule holds it back, with what was shown": (
        Case(broken=[("O valor deve ser maior que zero", "0.00")]),
        Decided("hold", None, "O valor deve ser maior que zero (0.00)"),
    ),
    "every broken rule is told, in the order of the suite": (
        Case([Wanted(held="Sem cadastro")], broken=[("Sem data", None), ("Sem conta", None)]),
        Decided("hold", None, "Sem data; Sem conta; Sem cadastro"),
    ),
    "what only waits for another document says so": (
        Case([Wanted(waits="O cliente ainda não está lá")]),
        Decided("hold", None, "O cliente ainda não está lá"),
    ),
    "what has reasons of its own does not speak of waiting": (
        Case([Wanted(waits="O cliente ainda não está lá")], broken=[("Sem data", None)]),
        Decided("hold", None, "Sem data"),
    ),
    "a rule broken later does not make us forget that it was posted": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "A")], broken=[("Sem data", None)]),
        Decided("hold", "7", "Sem data"),
    ),
    "what is deliberately ignored is ignored, broken or not": (
        Case([Wanted(ignored="Antes do período")], broken=[("Sem data", None)]),
        Decided("ignore", None, "Antes do período"),
    ),
}


@pytest.mark.parametrize("row", TABLE)
def test_decision(row: str) -> None:
    case, said = TABLE[row]
    assert decided(case) == {"1": said}


def test_two_documents_that_claim_one_record_are_both_held_back() -> None:
    wanted = [Wanted(document_id=number, reference=f"R-{number}", natural_key="ana") for number in ("1", "2")]
    assert decided(Case(wanted, there=[Stands("7", "A", natural_key="ana")])) == {
        number: Decided("hold", "7", f"{CONTESTED}{IDENTIFY}R-{number}") for number in ("1", "2")
    }


def test_a_record_with_our_reference_is_not_claimed_by_a_natural_key() -> None:
    wanted = [Wanted(document_id=number, reference=f"R-{number}", natural_key="ana") for number in ("1", "2")]
    there = [Stands("7", "A", reference="R-2", natural_key="ana")]
    assert decided(Case(wanted, there)) == {"1": Decided("create"), "2": Decided("link", "7")}


def test_every_sentence_of_the_table_is_said_in_every_language() -> None:
    held = Case([Wanted("B")], past=[POSTED], there=[Stands("7", "A")], on_change="hold")
    assert decided(held, "es-CL") == {
        "1": Decided(
            "hold",
            "7",
            "Cambió en el origen después de contabilizado, y el destino no permite cambiarlo; ajústelo allá a mano",
        )
    }
