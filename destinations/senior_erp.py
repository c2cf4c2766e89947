"""What is written to Senior's ERP: accounting batches, entries, their effect; payables, their settlement and reversal.

Documented: the operations and their fields. Observed: results row by row, `Ok` in any case. Assumed: processing a
batch, reading batches and entries back, `OK` as the word of an accepted line. No write is repeated: a lost answer is
resolved by reading, by `ideUni`, by the batch's description, by the title's key, by the note on a settlement.
"""

from collections.abc import Sequence
from typing import Any

from connections._errors import Problem, Rejected, Unknown
from connections.senior_erp import SeniorErp
from destinations._contract import Action
from destinations._senior_lines import KEY, Row, clean, each_line, is_ok, key_of, listed, refused

TITLES_SERVICE = "mfi_cpa_titulos"
PROCESSED = "2"
SUCCESS = "1"
ALREADY_PROCESSED = "lote já processado"


class Batches:
    """A batch per company, branch and day; told apart by our reference in its description."""

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def create(self, action: Action) -> str:
        told = await self._erp.submit("mct_ctb_gerarlotectb", "Gerar_2", clean(action.payload))
        if int(told.get("numLot") or 0) <= 0:
            raise Unknown("Senior ERP: respondeu sem o número do lote")
        return _batch_id({**action.payload, "numLot": told["numLot"]})

    async def update(self, action: Action) -> str:
        raise NotImplementedError("batches are not changed")

    async def find(self, action: Action) -> str | None:
        rows = await listed(self._erp, "ExportarLotes", "lotes", [action], "datLot")
        same = [row for row in rows if row["desLot"] == action.payload["desLot"]]
        if len(same) > 1:
            raise Rejected("há {count} lotes com a mesma descrição no ERP", count=len(same))
        return _batch_id(same[0]) if same else None


class Entries:
    """Entries with their apportionment, many in one call, each accepted or refused by itself."""

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp
        self.largest = erp.settings.lines_per_call

    def together(self, action: Action) -> str:
        """The lines of one batch."""
        return _batch_id(action.payload)

    async def create_all(self, actions: Sequence[Action]) -> Sequence[str | Problem]:
        lines = [clean(action.payload) for action in actions]
        told = await self._erp.submit("mct_ctb_importacaolctctb", "Importar_3", {"gridLct": lines})
        return each_line(actions, told["gridLctResult"], lambda row: row["ideUni"], _entry_told)

    async def find_all(self, actions: Sequence[Action]) -> Sequence[str | None]:
        rows = await listed(self._erp, "ExportarLancamentos", "lancamentos", actions, "datLct")
        known = {row["ideUni"]: row["numLct"] for row in rows if row["ideUni"]}
        return [known.get(action.payload["ideUni"]) for action in actions]


class Effects:
    """Batches that are processed: their entries reach the books."""

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def create(self, action: Action) -> str:
        asked = {name: action.payload[name] for name in ("codEmp", "codFil", "numLot")}
        told = await self._erp.submit("mct_ctb_processarlotectb", "Processar", asked)
        words = (told.get("resultado") or "").strip()
        if not is_ok(words) and words.casefold() != ALREADY_PROCESSED:
            raise refused(words)
        return _batch_id(action.payload)

    async def update(self, action: Action) -> str:
        raise NotImplementedError("an effect is not changed")

    async def find(self, action: Action) -> str | None:
        rows = await listed(self._erp, "ExportarLotes", "lotes", [action], "datLot")
        done = {_batch_id(row) for row in rows if row["sitLot"] == PROCESSED}
        return _batch_id(action.payload) if _batch_id(action.payload) in done else None


class Titles:
    """Payables with their apportionment, many in one call; inserting only."""

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp
        self.largest = erp.settings.lines_per_call

    def together(self, action: Action) -> str:
        return f"{action.payload['codEmp']}/{action.payload['codFil']}"

    async def create_all(self, actions: Sequence[Action]) -> Sequence[str | Problem]:
        first = actions[0].payload
        rows = [{name: value for name, value in clean(each.payload).items() if name != "codEmp"} for each in actions]
        asked = {"codEmp": first["codEmp"], "codFil": first["codFil"], "entradaTitulos": rows}
        told = await self._erp.submit(TITLES_SERVICE, "EntradaTitulosLoteCP_2", asked)

        def line(action: Action, row: Row) -> str | Problem:
            return action.document_id if is_ok(row["txtRet"]) else refused(row["txtRet"])

        return each_line(actions, told["gridResult"], key_of, line)

    async def find_all(self, actions: Sequence[Action]) -> Sequence[str | None]:
        there = {key for each in _suppliers(actions) for key in await _titles_of(self._erp, each)}
        return [action.document_id if key_of(action.payload) in there else None for action in actions]


class Removals:
    """Titles that are deleted, because payroll has another value for them."""

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def create(self, action: Action) -> str:
        key = {name: str(action.payload[name]) for name in KEY}
        told = await self._erp.submit(TITLES_SERVICE, "ExcluirTitulosCP", {"titulos": [key]})
        words = [row["resultado"] for row in told["resultado"]] or [told.get("mensagemRetorno")]
        if told.get("tipoRetorno") != SUCCESS or not all(map(is_ok, words)):
            raise refused(words[0])
        return action.document_id

    async def update(self, action: Action) -> str:
        raise NotImplementedError("a deletion is not changed")

    async def find(self, action: Action) -> str | None:
        (supplier,) = _suppliers([action])
        gone = key_of(action.payload) not in await _titles_of(self._erp, supplier)
        return action.document_id if gone else None


class Settlements:
    """Settlements that payroll decided, many of one day in one call; our reference is a note on each movement."""

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp
        self.largest = erp.settings.lines_per_call

    def together(self, action: Action) -> str:
        return "/".join(str(action.payload[name]) for name in ("codEmp", "codFil", "datBai"))

    async def create_all(self, actions: Sequence[Action]) -> Sequence[str | Problem]:
        header = {name: actions[0].payload[name] for name in ("codEmp", "codFil", "datBai", "tnsBai")}
        apart = {"codEmp", "datBai", "tnsBai"}
        rows = [{name: value for name, value in clean(each.payload).items() if name not in apart} for each in actions]
        told = await self._erp.submit(TITLES_SERVICE, "GerarBaixaPorLoteCP_2", {**header, "gridTitulosBaixar": rows})

        def line(action: Action, row: Row) -> str | Problem:
            return action.document_id if not row["msgErr"] else refused(row["msgErr"])

        return each_line(actions, told["gridRetorno"], lambda row: row["numInt"], line)

    async def find_all(self, actions: Sequence[Action]) -> Sequence[str | None]:
        notes = {row["obsMcp"] for row in await _movements_of(self._erp, actions)}
        return [action.document_id if action.payload["obsMcp"] in notes else None for action in actions]


class Reversals:
    """Settlements of ours that payroll took back."""

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def create(self, action: Action) -> str:
        asked = {name: action.payload[name] for name in (*KEY, "seqMov")}
        told = await self._erp.submit(TITLES_SERVICE, "EstornoBaixaTitulosCP_2", {"titulosPagar": [asked]})
        if told.get("tipoRetorno") != SUCCESS:
            raise refused(next((row["msgRet"] for row in told["retorno"]), None) or told.get("mensagemRetorno"))
        return action.document_id

    async def update(self, action: Action) -> str:
        raise NotImplementedError("a reversal is not changed")

    async def find(self, action: Action) -> str | None:
        left = {row["seqMov"] for row in await _movements_of(self._erp, [action])}
        return action.document_id if str(action.payload["seqMov"]) not in left else None


def _entry_told(action: Action, row: Row) -> str | Problem:
    del action
    if not is_ok(row["resultado"]):
        return refused(row["resultado"])
    number = (row["numLct"] or "").partition(".")[0]
    return number if number.strip("0") else Unknown("Senior ERP: respondeu sem o número do lançamento")


def _batch_id(row: Row) -> str:
    return f"{row['codEmp']}/{row['codFil']}/{row['numLot']}"


def _suppliers(actions: Sequence[Action]) -> list[tuple[str, ...]]:
    return sorted({tuple(str(action.payload[name]) for name in KEY[:3]) for action in actions})


async def _titles_of(erp: SeniorErp, supplier: tuple[str, ...]) -> set[str]:
    """The keys of a supplier's titles."""
    asked: dict[str, Any] = dict(zip(KEY[:3], supplier, strict=True))
    told = await erp.call(TITLES_SERVICE, "ConsultarTitulosCP_3", asked)
    if told.get("tipoRetorno") != SUCCESS:
        raise Unknown("Senior ERP: não respondeu quais títulos tem")
    return {key_of(row) for row in told["titulos"] if row["numTit"]}


async def _movements_of(erp: SeniorErp, actions: Sequence[Action]) -> list[Row]:
    """The movements of the titles that these documents are about."""
    rows = {key_of(action.payload): action.payload for action in actions}
    asked = [{name: row[name] for name in ("codFor", "codTpt", "numTit")} for row in rows.values()]
    first = actions[0].payload
    parameters = {"codEmp": first["codEmp"], "codFil": first["codFil"], "consulta": asked}
    told = await erp.call(TITLES_SERVICE, "ExportarBaixaTitulosPagarIntegracao_3", parameters)
    if told.get("tipoRetorno") != SUCCESS:
        raise Unknown("Senior ERP: não respondeu quais baixas tem")
    return list(told["baixaTituloPagar"])
