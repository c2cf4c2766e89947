"""The decision table of every integration, row by row: ledger, mirror and source in, one action out."""

import pytest

from tests.flows._deciding import Case, Decided, Happened, Stands, Wanted, decided

POSTED = Happened("posted", "A", target="7")
OPEN = "Foi enviado, e ainda não se sabe se chegou; é procurado no destino antes de ser enviado de novo"
UNCLEAR = "Não dá para saber se já está no destino: falta, ou não se lê, o que o identifica"
DEAD = "Está no destino com a nossa referência, mas não vale mais lá; reabra-o lá, ou tire dele a referência"
REPRICED = "Mudou na origem depois de lançado, e não é enviado de novo: lançado com R$ 10,00, na origem R$ 1.234,50"
SEVERAL = "Há mais de um registro no destino que corresponde a este documento; deixe só um (7, 8)"
CONTESTED = "Mais de um documento corresponde ao mesmo registro no destino (7)"
IDENTIFY = "; ou identifique lá o certo com a referência "
EDITED = "Foi alterado no destino à mão depois de lançado"
OUTLIVED = "O cadastro a que está ligado não vale mais no destino, e nenhum outro de lá lhe corresponde; reative-o lá"
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
    "posted, and neither in the mirror nor, asked by its id, there: gone, never posted again": (
        Case(past=[POSTED], gone=("1",)),
        Decided("gone", "7", GONE, drift=True),
    ),
    "posted, and not in the mirror, and nobody could ask by its id: left alone": (
        Case(past=[POSTED]),
        Decided("skip", "7"),
    ),
    "posted, gone, and changed in the source: still not posted again": (
        Case([Wanted("B")], past=[POSTED], gone=("1",)),
        Decided("gone", "7", GONE, drift=True),
    ),
    "posted, and ignored since, whatever stands there: left alone": (
        Case([Wanted("B", ignored="Cancelado")], past=[POSTED], there=[Stands("7", "X")]),
        Decided("skip", "7"),
    ),
    "posted, and a later state stands there: left alone, also where the source always wins": (
        Case([Wanted(stage=2)], past=[POSTED], there=[Stands("7", "X", stage=4)], on_drift="overwrite"),
        Decided("skip", "7"),
    ),
    "posted, and a rule is broken since: a notice, not held back": (
        Case(past=[POSTED], there=[Stands("7", "A")], broken=[("O período está fechado", None)]),
        Decided("notice", "7", "Depois de lançado: O período está fechado"),
    ),
    "posted, edited by hand, and a rule is broken since: drift, never overwritten": (
        Case(past=[POSTED], there=[Stands("7", "X")], broken=[("O período está fechado", None)], on_drift="overwrite"),
        Decided("drift", "7", EDITED, drift=True),
    ),
    "posted, edited by hand and locked there: drift, also where the source always wins": (
        Case(past=[POSTED], there=[Stands("7", "X", locked="Já conciliado")], on_drift="overwrite"),
        Decided("drift", "7", EDITED, drift=True),
    ),
    "posted once for all, and priced anew in the source: a notice with both amounts": (
        Case([Wanted("B", amount="1234.50")], past=[POSTED], there=[Stands("7", "A")], on_change="notice"),
        Decided("notice", "7", REPRICED),
    ),
    "posted once for all, and changed in the source in what has no price: left alone": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "A")], on_change="notice"),
        Decided("skip", "7"),
    ),
    "posted, and the integration has something to tell of it: a notice": (
        Case([Wanted(noticed="Deixou de estar ganho")], past=[POSTED], there=[Stands("7", "A")], on_change="notice"),
        Decided("notice", "7", "Deixou de estar ganho"),
    ),
    "posted by a version that compared other things, and the target has what is wanted: noted": (
        Case(past=[Happened("posted", "A", target="7", compared="of old")], there=[Stands("7", "A")]),
        Decided("adopt", "7"),
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
    "refused, and a person asks for it again: looked for first": (
        Case(past=[Happened("rejected", because="Período fechado"), Happened("retry", verb="ask")]),
        Decided("unknown", None, OPEN),
    ),
    "refused, and a person asks for it again, and it is not there: sent": (
        Case(
            past=[
                Happened("rejected", because="Período fechado"),
                Happened("retry", verb="ask"),
                Happened("absent", verb="find"),
            ]
        ),
        Decided("create"),
    ),
    "refused, and somebody has typed it since: linked": (
        Case(
            [Wanted(natural_key="ana")],
            past=[Happened("rejected", because="Período fechado")],
            there=[Stands("7", "A", natural_key="ana")],
        ),
        Decided("link", "7"),
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
    "sent without an answer, and nobody has an answer yet: nothing is sent, whatever the mirror shows": (
        Case(past=[Happened("sending"), Happened("unknown")]),
        Decided("unknown", None, OPEN),
    ),
    "killed while sending, and nobody has an answer yet: nothing is sent": (
        Case([Wanted(mirrored=False)], past=[Happened("sending")]),
        Decided("unknown", None, OPEN),
    ),
    "accepted, and not booked yet: nothing is sent": (
        Case(past=[Happened("sending"), Happened("accepted", receipt="protocol 1")]),
        Decided("unknown", None, OPEN),
    ),
    "sent without an answer, and ignored or held since: still unknown, not forgotten": (
        Case([Wanted(ignored="Não está mais ganho")], past=[Happened("sending"), Happened("unknown")]),
        Decided("unknown", None, OPEN),
    ),
    "sent without an answer, looked for and not there: sent": (
        Case(past=[Happened("sending"), Happened("unknown"), Happened("absent", verb="find")]),
        Decided("create"),
    ),
    "sent without an answer, looked for and not there, and ignored since: ignored": (
        Case(
            [Wanted(ignored="Não está mais ganho")],
            past=[Happened("sending"), Happened("unknown"), Happened("absent", verb="find")],
        ),
        Decided("ignore", None, "Não está mais ganho"),
    ),
    "not sent: sent, for nothing went out": (
        Case([Wanted(mirrored=False)], past=[Happened("sending"), Happened("not_sent")]),
        Decided("create"),
    ),
    "turned away, as an older version called it: sent": (
        Case([Wanted(mirrored=False)], past=[Happened("sending"), Happened("unavailable")]),
        Decided("create"),
    ),
    "begun anew by a person, and not looked for yet: nothing is sent": (
        Case(past=[POSTED, Happened("reopened", verb="ask")]),
        Decided("unknown", None, OPEN),
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
    "new, and only a dead record has its natural key: created": (
        Case([Wanted(natural_key="ana")], there=[Stands("7", "A", natural_key="ana", lives=False)]),
        Decided("create"),
    ),
    "new, and only a dead record has our reference: held back": (
        Case(there=[Stands("7", "A", reference="R-1", lives=False)]),
        Decided("hold", "7", DEAD),
    ),
    "new, and only a dead record has our reference, which says what to do: held back with that": (
        Case(there=[Stands("7", "A", reference="R-1", lives=False, locked="Cancelado lá: reabra")]),
        Decided("hold", "7", "Cancelado lá: reabra"),
    ),
    "new, and a dead and a living record have our reference: the living one": (
        Case(there=[Stands("7", "A", reference="R-1", lives=False), Stands("8", "A", reference="R-1")]),
        Decided("link", "8"),
    ),
    "ignored, and a living record has our reference: linked, so that later kinds can end it": (
        Case([Wanted(ignored="Cancelado")], there=[Stands("7", "X", reference="R-1")]),
        Decided("link", "7"),
    ),
    "held back, and a living record has our reference: linked": (
        Case([Wanted(held="Sem conta")], there=[Stands("7", "X", reference="R-1")]),
        Decided("link", "7"),
    ),
    "ignored, and a record has only its natural key: ignored": (
        Case([Wanted(ignored="Cancelado", natural_key="ana")], there=[Stands("7", "A", natural_key="ana")]),
        Decided("ignore", "7", "Cancelado"),
    ),
    "new, and a part of its natural key is not known: held back": (
        Case([Wanted(natural_key=("ana", None))]),
        Decided("hold", None, UNCLEAR),
    ),
    "new, and a record of the same party cannot be told apart from it: held back with that record": (
        Case(
            [Wanted(natural_key=("ana", "11"))], there=[Stands("7", "A", natural_key=("ana", None), shown="fatura 7")]
        ),
        Decided("hold", None, UNCLEAR + " (fatura 7); ou identifique lá o certo com a referência R-1"),
    ),
    "new, and a record that cannot be read is of another party: created": (
        Case([Wanted(natural_key=("ana", "11"))], there=[Stands("7", "A", natural_key=("bia", None))]),
        Decided("create"),
    ),
    "new, and a record that cannot be read concerns nobody: created": (
        Case([Wanted(natural_key=("ana", "11"))], there=[Stands("7", "A", natural_key=(None, "11"))]),
        Decided("create"),
    ),
    "new, and a later state stands there already: left alone": (
        Case([Wanted(target_id="7", stage=2)], there=[Stands("7", "X", stage=3)]),
        Decided("skip", "7"),
    ),
    "held back, and the record that the integration knows shows what is wanted: linked": (
        Case([Wanted(target_id="7", held="Sem conta")], there=[Stands("7", "A")]),
        Decided("link", "7"),
    ),
    "new, and written with a sign that nothing carries: held back": (
        Case([Wanted(said='{"note":"a\ufffeb"}')]),
        Decided("hold", None, "Contém um sinal que nenhum sistema aceita; corrija o texto na origem"),
    ),
    "new, and written with a control sign: held back": (
        Case([Wanted(said='{"note":"a\\u0002b"}')]),
        Decided("hold", None, "Contém um sinal que nenhum sistema aceita; corrija o texto na origem"),
    ),
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
    "changed in the source and a rule broken: held back, and not forgotten that it was posted": (
        Case([Wanted("B")], past=[POSTED], there=[Stands("7", "A")], broken=[("Sem data", None)]),
        Decided("hold", "7", "Sem data"),
    ),
    # -- people and things of a register that several documents need
    "of a register, and it lives no more: the one that lives is linked": (
        Case(
            [Wanted(reference=None, natural_key="ana")],
            [Stands("7", lives=False), Stands("8", natural_key="ana")],
            [POSTED],
            registry=True,
            on_change="ignore",
        ),
        Decided("link", "8"),
    ),
    "of a register, it lives no more, and nobody lives: it waits, and is not made again": (
        Case(there=[Stands("7", lives=False)], past=[POSTED], registry=True, on_change="ignore"),
        Decided("hold", None, OUTLIVED),
    ),
    "of a register, and the integration finds another one: that one": (
        Case(
            [Wanted(target_id="8")],
            [Stands("7", natural_key="bia"), Stands("8", natural_key="ana")],
            [POSTED],
            registry=True,
            on_change="ignore",
        ),
        Decided("link", "8"),
    ),
    "of a register, alive and found as before: left alone": (
        Case([Wanted(target_id="7")], [Stands("7")], [POSTED], registry=True, on_change="ignore"),
        Decided("skip", "7"),
    ),
    "of a register, and a list does not show it: left alone": (
        Case(past=[POSTED], registry=True, on_change="ignore"),
        Decided("skip", "7"),
    ),
    "of no register, and it lives no more: nothing else takes its place": (
        Case([Wanted(natural_key="ana")], [Stands("7", lives=False), Stands("8", natural_key="ana")], [POSTED]),
        Decided("skip", "7"),
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
        number: Decided("hold", None, f"{CONTESTED}{IDENTIFY}R-{number}") for number in ("1", "2")
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
