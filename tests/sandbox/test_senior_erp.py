"""The stand-in of Senior's ERP: its envelopes, its conventions, and every message in the vendor's words."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from lxml import etree

from sandbox._senior_contracts import SERVICES
from sandbox._senior_erp_rules import EMPTY_BATCH, NOT_THE_OFFICIAL_DATE, NOTHING_PREPARED
from sandbox._senior_hcm_data import entry, title
from tests._senior_vectors import ENTRIES, TITLES, TODAY, Vector
from tests._soap import ENVELOPE, OTHER_USER, SERVLET, USER, asked, envelope, posted, written

ENTRY_SERVICE, BATCH_SERVICE, TITLES_SERVICE = "mct_ctb_importacaolctctb", "mct_ctb_gerarlotectb", "mfi_cpa_titulos"
KEY = {"codEmp": 1, "codFil": 1, "codFor": 500, "codTpt": "01", "numTit": "A-1"}


@pytest.fixture
def erp(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    sim.post("/clock", json={"set": f"{TODAY}T09:00:00-03:00"})
    with httpx.Client(base_url=f"{base}/senior_erp", timeout=30) as client:
        yield client


@pytest.fixture
def quirk(sim: httpx.Client) -> Callable[..., None]:
    def choose(**chosen: str) -> None:
        sim.post("/quirks", json={"system": "senior_erp", **chosen}).raise_for_status()

    return choose


def opened(erp: httpx.Client, on: str = "2026-10-20", branch: int = 1) -> int:
    found = asked(erp, BATCH_SERVICE, "Gerar_2", {"codEmp": 1, "codFil": branch, "datLot": on, "desLot": "FOLHA"})
    return int(found["numLot"])


def imported(erp: httpx.Client, batch: int, *entries: dict[str, Any], user: tuple[str, str] = USER) -> list[str]:
    """What became of each line."""
    lines = [{**{name: value for name, value in each.items() if name != "datLot"}, "numLot": batch} for each in entries]
    told = asked(erp, ENTRY_SERVICE, "Importar_3", {"gridLct": lines}, user)
    return [row["resultado"] for row in told.get("gridLctResult", [])]


def entered(erp: httpx.Client, *titles: dict[str, Any], user: tuple[str, str] = USER) -> list[str]:
    rows = [{name: value for name, value in each.items() if name not in ("ideTit", "codEmp")} for each in titles]
    given = {"codEmp": 1, "codFil": 1, "entradaTitulos": rows}
    return [row["txtRet"] for row in asked(erp, TITLES_SERVICE, "EntradaTitulosLoteCP_2", given, user)["gridResult"]]


def journal(sim: httpx.Client) -> list[tuple[str, str, Any]]:
    entries = sim.get("/journal", params={"system": "senior_erp"}).json()
    return [(each["route"], each["verb"], each["reference"]) for each in entries]


@pytest.mark.parametrize("vector", ENTRIES, ids=lambda vector: vector.key)
def test_an_entry_is_told_the_vendors_sentence_or_posted(
    erp: httpx.Client, sim: httpx.Client, quirk: Callable[..., None], vector: Vector
) -> None:
    quirk(**vector.quirks)
    branch = dict(vector.changed).get("codFil", 1)
    batch = opened(erp, branch=branch) if branch != 2 else 0
    if branch == 2:  # no batch can be opened there: that is C01 of the batch
        refused = asked(erp, BATCH_SERVICE, "Gerar_2", {"codEmp": 1, "codFil": 2, "datLot": TODAY, "desLot": "FOLHA"})
        assert refused["erroExecucao"] == vector.sentence
        return
    user = OTHER_USER if vector.other_user else USER
    assert imported(erp, batch, entry("X", **vector.changed), user=user) == [vector.sentence or "OK"]
    posted_now = [each for each in journal(sim) if each[0] == f"{ENTRY_SERVICE}.Importar_3"]
    assert len(posted_now) == (0 if vector.sentence else 1)


@pytest.mark.parametrize("vector", TITLES, ids=lambda vector: vector.key)
def test_a_title_is_told_the_vendors_sentence_or_entered(
    erp: httpx.Client, quirk: Callable[..., None], vector: Vector
) -> None:
    quirk(**vector.quirks)
    user = OTHER_USER if vector.other_user else USER
    assert entered(erp, title("X", **vector.changed), user=user) == [vector.sentence or "OK"]


def test_lines_of_one_call_stand_for_themselves(erp: httpx.Client, sim: httpx.Client) -> None:
    batch = opened(erp)
    told = imported(erp, batch, entry("a"), entry("b", ctaDeb=0, ctaCre=0), entry("c", vlrLct="0.00", rateio=[]))
    assert told == ["OK", "Nenhum conta contábil informada", "Informe uma valor para o lançamento"]
    assert [reference for route, _, reference in journal(sim) if route.startswith(ENTRY_SERVICE)] == ["a"]


@pytest.mark.parametrize(
    ("policy", "told"), [("igual", NOT_THE_OFFICIAL_DATE), ("mesmo_mes", "OK"), ("nao_menor", "OK")]
)
def test_a_batch_is_effected_by_the_policy_of_its_official_date(
    erp: httpx.Client, quirk: Callable[..., None], policy: str, told: str
) -> None:
    quirk(data_oficial=policy)
    batch = opened(erp, "2026-10-20")
    imported(erp, batch, entry("a", datLct="2026-10-20"), entry("b", datLct="2026-10-21"))
    assert asked(erp, "mct_ctb_processarlotectb", "Processar", _batch(batch))["resultado"] == told


def test_a_batch_without_entries_is_not_effected_and_deleted_with_a_warning(erp: httpx.Client) -> None:
    batch = opened(erp)
    assert asked(erp, "mct_ctb_processarlotectb", "Processar", _batch(batch))["resultado"] == NOTHING_PREPARED
    told = asked(erp, BATCH_SERVICE, "Excluir", _batch(batch))
    assert (told["tipoRetorno"], told["mensagemRetorno"]) == ("1", EMPTY_BATCH)
    other = opened(erp)
    imported(erp, other, entry("a"))
    assert asked(erp, BATCH_SERVICE, "Excluir", _batch(other))["mensagemRetorno"] == "Processado com sucesso."


def test_a_processed_batch_takes_no_more_entries(erp: httpx.Client) -> None:
    batch = opened(erp, "2026-10-31")
    assert imported(erp, batch, entry("a")) == ["OK"]
    assert asked(erp, "mct_ctb_processarlotectb", "Processar", _batch(batch))["resultado"] == "OK"
    assert imported(erp, batch, entry("b")) == ["Lote já processado"]


def test_a_title_is_entered_once_settled_in_parts_reversed_and_deleted(erp: httpx.Client) -> None:
    row = title("x", numTit="A-1")
    assert entered(erp, row, row) == ["OK", "Título já cadastrado"]
    rows = [{name: value for name, value in KEY.items() if name != "codEmp"} | {"vlrBai": "500,00"}]
    lot = {"codEmp": 1, "codFil": 1, "datBai": "2026-11-05", "gridTitulosBaixar": rows}
    assert asked(erp, TITLES_SERVICE, "GerarBaixaPorLoteCP_2", lot)["resultado"] == "OK"
    settled = {"baixaTituloPagar": [{**KEY, "vlrMov": "1000,00", "datPgt": "2026-11-06"}]}
    assert asked(erp, TITLES_SERVICE, "BaixarTitulosCP", settled)["tipoRetorno"] == "1"
    assert asked(erp, TITLES_SERVICE, "ExcluirTitulosCP", {"titulos": [KEY]})["resultado"][0]["resultado"] == (
        "Título possui movimentos"
    )
    movements = asked(
        erp, TITLES_SERVICE, "ExportarBaixaTitulosPagarIntegracao_3", {"codEmp": 1, "codFil": 1, "consulta": [KEY]}
    )
    told = [(row["seqMov"], row["datPgt"], row["vlrMov"]) for row in movements["baixaTituloPagar"]]
    assert told == [("1", "05/11/2026", "500.0"), ("2", "06/11/2026", "1000.0")]
    for sequence in (1, 2):
        back = {"titulosPagar": [{**KEY, "seqMov": sequence}]}
        assert asked(erp, TITLES_SERVICE, "EstornoBaixaTitulosCP_2", back)["tipoRetorno"] == "1"
    assert asked(erp, TITLES_SERVICE, "ExcluirTitulosCP", {"titulos": [KEY]})["tipoRetorno"] == "1"


def test_amounts_in_text_fields_need_a_comma_and_two_decimals(erp: httpx.Client) -> None:
    entered(erp, title("x", numTit="A-1"))
    for wrong in ("500.00", "500,0", "500", "0,00"):
        told = asked(
            erp, TITLES_SERVICE, "BaixarTitulosCP", {"baixaTituloPagar": [{**KEY, "vlrMov": wrong, "datPgt": TODAY}]}
        )
        assert told["resultado"][0]["msgRet"] == "Valor da baixa inválido"


def test_blanks_dates_and_numbers_come_back_as_observed(erp: httpx.Client) -> None:
    entered(erp, title("x", numTit="A-1", obsTcp=None))
    found = asked(
        erp, TITLES_SERVICE, "ConsultarTitulosAbertosCP_3", {"codEmp": 1, "codFil": 1, "codFor": 500, "retRat": "S"}
    )
    row = next(row for row in found["titulos"] if row["numTit"] == "A-1")
    shown = {name: row[name] for name in ("obsTcp", "ultPgt", "vctOri", "vlrAbe", "perDsc", "sitTit", "codTpt")}
    assert shown == {
        "obsTcp": " ", "ultPgt": "31/12/1900", "vctOri": "05/11/2026", "vlrAbe": "1500.0", "perDsc": "0",
        "sitTit": "AB", "codTpt": "01",
    }  # fmt: skip
    whole = asked(erp, TITLES_SERVICE, "ConsultarTitulosCP_3", {"codEmp": "1", "codFil": "1", "codFor": "500"})
    assert [row["vlrOri"] for row in whole["titulos"] if row["numTit"] == "A-1"] == ["1500,00"]


def test_an_unknown_branch_is_an_execution_error_under_status_200(erp: httpx.Client) -> None:
    answer = posted(erp, BATCH_SERVICE, envelope("Gerar_2", written({"codEmp": 1, "codFil": 9, "datLot": TODAY})))
    root = etree.fromstring(answer.content)
    assert (answer.status_code, root.findtext(f"{{{ENVELOPE}}}Body/*/result/erroExecucao")) == (
        200, "Código da filial não cadastrado. Código da empresa/filial informados: 1/9",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (envelope("Gerar_2", "", ("integracao", "errada")), "Credenciais inválidas"),
        (envelope("Gerar_2", "").replace("<encryption>0", "<encryption>9"), "Credenciais inválidas"),
        (envelope("Gerar_9", ""), "Cannot find dispatch method for Gerar_9"),
        ("<s:Envelope", "Couldn't create SOAP message"),
        ('<!DOCTYPE x [<!ENTITY e "e">]>' + envelope("Gerar_2", "&e;"), "document type declarations are refused"),
    ],
    ids=["wrong password", "unknown encryption", "unknown operation", "no XML", "entities"],
)
def test_what_reaches_no_service_is_a_fault(erp: httpx.Client, text: str, told: str) -> None:
    answer = posted(erp, BATCH_SERVICE, text)
    assert answer.status_code == 500
    assert told in (etree.fromstring(answer.content).findtext(".//faultstring") or "")


def test_elements_out_of_the_schemas_order_are_refused_where_the_server_is_strict(
    erp: httpx.Client, quirk: Callable[..., None]
) -> None:
    quirk(ordem="do_esquema")
    good = written({"codEmp": 1, "codFil": 1, "datLot": TODAY})
    bad = written({"datLot": TODAY, "codEmp": 1, "codFil": 1})
    told = [posted(erp, BATCH_SERVICE, envelope("Gerar_2", inner)).text for inner in (good, bad)]
    assert ["Não foi possível executar o serviço solicitado." in text for text in told] == [False, True]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_describes_itself(erp: httpx.Client, service: str) -> None:
    described = etree.fromstring(erp.get(f"{SERVLET}{service}?wsdl").content)
    [imported_from] = described.xpath("//*[local-name()='import']/@schemaLocation")
    etree.XMLSchema(etree.fromstring(erp.get(imported_from).content))


def _batch(number: int) -> dict[str, int]:
    return {"codEmp": 1, "codFil": 1, "numLot": number}
