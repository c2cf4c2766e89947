"""What is written to Senior's ERP: accounting batches, entries, their effect; payables, their settlement and reversal.

Documented: the operations and their fields. Observed: results row by row, `Ok` in any case. Assumed: processing and
deleting a batch, reading batches and entries back. No decision hangs on a wording: whatever is not a plain success is
looked for by `ideUni`, by the batch's description, by the title's key, by the note on a settlement.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from connections._errors import Problem, Unknown
from connections.senior_erp import TITLES_SERVICE, SeniorErp, must_be_done
from destinations._contract import Action, Receipt
from destinations._senior_lines import (
    BATCHES,
    ENTRIES,
    KEY,
    Lines,
    Row,
    Told,
    answered,
    code_of,
    each_line,
    is_ok,
    key_of,
    listed,
    refused,
)

BATCH_KEY = ("codEmp", "codFil", "numLot")
SUCCESS = "1"
TITLE_ID = re.compile(r"(?P<key>[^/]+/[^/]+/[^/]+/[^/]*/.+)@\d+")
SETTLEMENT_ID = re.compile(r"(?P<key>[^/]+/[^/]+/[^/]+/[^/]*/.+) \[HCM:(?P<settlement>[^\]]+)\]")


class Batches:
    """A batch per company, branch and day; told apart by our reference in its description."""

    looks_by: tuple[str, ...] = ("codEmp", "codFil", "datLot", "desLot")

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def send(self, action: Action) -> str | Receipt:
        told = await self._erp.submit("mct_ctb_gerarlotectb", "Gerar_2", action.payload)
        number = code_of(told.get("numLot"))
        return _batch_id({**action.payload, "numLot": number}) if number.strip("0").isdigit() else Receipt()

    async def resolve(self, action: Action) -> str | None:
        """The batch around that day whose description carries our reference, whatever else stands there."""
        ours = action.payload["desLot"].split()[-1].casefold()
        rows = await _batches_of(self._erp, action)
        same = [row for row in rows if ours in (row.get("desLot") or "").casefold().split()]
        if len(same) > 1:
            raise Unknown(f"há {len(same)} lotes com a descrição {ours} no ERP; exclua os que não valem")
        if rows and not any(row.get("desLot") for row in rows):
            raise Unknown("o ERP não mostra a descrição dos lotes; um deles pode ser este")
        return _batch_id(same[0]) if same else None


class Entries(Lines):
    """Entries with their apportionment, many in one call, each accepted or refused by itself."""

    service, operation = "mct_ctb_importacaolctctb", "Importar_3"
    looks_by: tuple[str, ...] = ("codEmp", "codFil", "numLot", "datLct", "ideUni", "ctaDeb", "ctaCre", "vlrLct")

    def together(self, action: Action) -> str:
        """The lines of one batch."""
        return _batch_id(action.payload)

    def asked(self, actions: Sequence[Action]) -> dict[str, Any]:
        return {"gridLct": [action.payload for action in actions]}

    def told(self, actions: Sequence[Action], result: Row) -> list[Told]:
        """By our own id, or by the number of the line where the ERP does not repeat it."""
        rows = [dict(row) for row in result["gridLctResult"]]
        for row in rows:
            place = code_of(row.get("linha"))
            if not row["ideUni"] and place.isdigit() and 0 < int(place) <= len(actions):
                row["ideUni"] = actions[int(place) - 1].payload["ideUni"]
        return each_line(actions, rows, lambda row: row["ideUni"], _entry_told)

    async def resolve_all(self, actions: Sequence[Action]) -> Sequence[str | Problem | None]:
        days = [action.payload["datLct"] for action in actions]
        company = actions[0].payload["codEmp"]
        rows = await listed(self._erp, ENTRIES, days, company)
        known = {row["ideUni"]: code_of(row["numLct"]) for row in rows if row["ideUni"]}
        nameless = {_entry_nature(row) for row in rows if not row["ideUni"]}

        def look(action: Action) -> str | Problem | None:
            if action.payload["ideUni"] in known:
                return known[action.payload["ideUni"]]
            if _entry_nature(action.payload) in nameless:
                return Unknown("o lote tem no ERP um lançamento igual sem identificação, que pode ser este")
            return None

        return [look(action) for action in actions]


class Effects:
    """Batches that are processed: their entries reach the books."""

    looks_by: tuple[str, ...] = (*BATCH_KEY, "datLot")

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def send(self, action: Action) -> str | Receipt:
        asked = {name: action.payload[name] for name in BATCH_KEY}
        told = await self._erp.submit("mct_ctb_processarlotectb", "Processar", asked)
        return _or_raised(answered(told.get("resultado"), _batch_id(action.payload)))

    async def resolve(self, action: Action) -> str | None:
        ours, done = _batch_id(action.payload), self._erp.settings.effected_status
        rows = await _batches_of(self._erp, action)
        return ours if any(_batch_id(row) == ours and row.get("sitLot") == done for row in rows) else None


class BatchRemovals:
    """Batches of ours that hold nothing, and that payroll wants no more: deleted. That one had no entries is what the
    ERP then warns of (C11), and no failure.
    """

    looks_by: tuple[str, ...] = (*BATCH_KEY, "datLot")

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def send(self, action: Action) -> str | Receipt:
        asked = {name: action.payload[name] for name in BATCH_KEY}
        if not await self._erp.offers("mct_ctb_gerarlotectb", "Excluir"):
            raise refused("este ERP não exclui lotes pela integração; exclua lá o lote vazio")
        told = await self._erp.submit("mct_ctb_gerarlotectb", "Excluir", asked)
        if code_of(told.get("tipoRetorno")) not in ("0", SUCCESS):
            raise refused(told.get("mensagemRetorno"))
        return _batch_id(action.payload)

    async def resolve(self, action: Action) -> str | None:
        left = {_batch_id(row) for row in await _batches_of(self._erp, action)}
        return None if _batch_id(action.payload) in left else _batch_id(action.payload)


class Titles(Lines):
    """Payables with their apportionment, many in one call; inserting only."""

    service, operation = TITLES_SERVICE, "EntradaTitulosLoteCP_2"
    looks_by: tuple[str, ...] = KEY

    def together(self, action: Action) -> str:
        return f"{action.payload['codEmp']}/{action.payload['codFil']}"

    def asked(self, actions: Sequence[Action]) -> dict[str, Any]:
        first = actions[0].payload
        rows = [{name: value for name, value in each.payload.items() if name != "codEmp"} for each in actions]
        return {"codEmp": first["codEmp"], "codFil": first["codFil"], "entradaTitulos": rows}

    def told(self, actions: Sequence[Action], result: Row) -> list[Told]:
        place = {name: actions[0].payload[name] for name in KEY[:2]}

        def line(action: Action, row: Row) -> Told:
            return answered(row["txtRet"], _title_id(action))

        return each_line(actions, result["gridResult"], lambda row: key_of(_whole(row, place)), line)

    async def resolve_all(self, actions: Sequence[Action]) -> Sequence[str | Problem | None]:
        there = {supplier: await self._told_of(supplier) for supplier in _suppliers(actions)}

        def look(action: Action) -> str | Problem | None:
            found = there[_supplier(action)]
            if isinstance(found, Problem):
                return found
            return _title_id(action) if key_of(action.payload) in found else None

        return [look(action) for action in actions]

    async def _told_of(self, supplier: tuple[str, ...]) -> set[str] | Problem:
        try:
            return await _titles_of(self._erp, supplier)
        except Problem as problem:
            return problem

    async def stands(self, target_id: str) -> bool:
        if not (parts := TITLE_ID.fullmatch(target_id)):
            raise Unknown("o título foi lançado por uma versão que não guardava a sua chave")
        return await _stands(self._erp, dict(zip(KEY, parts["key"].split("/", 4), strict=True)))


class Removals:
    """Titles that are deleted, because payroll has other values for them; they are entered anew."""

    looks_by: tuple[str, ...] = KEY

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def send(self, action: Action) -> str | Receipt:
        key = {name: str(action.payload[name]) for name in KEY}
        told = await self._erp.submit(TITLES_SERVICE, "ExcluirTitulosCP", {"titulos": [key]})
        rows = [row["resultado"] for row in told.get("resultado") or () if row["resultado"]]
        if bad := [words for words in rows if not is_ok(words)]:
            raise refused(bad[0])
        if code_of(told.get("tipoRetorno")) != SUCCESS:
            raise refused(told.get("mensagemRetorno"))
        return action.document_id

    async def resolve(self, action: Action) -> str | None:
        return None if await _stands(self._erp, action.payload) else action.document_id


class Settlements(Lines):
    """Settlements that payroll decided, many of one day in one call; our reference is a note on each movement."""

    service, operation = TITLES_SERVICE, "GerarBaixaPorLoteCP_2"
    looks_by: tuple[str, ...] = (*KEY, "datBai", "vlrBai", "obsMcp", "numInt")

    def together(self, action: Action) -> str:
        return "/".join(str(action.payload[name]) for name in ("codEmp", "codFil", "datBai"))

    def asked(self, actions: Sequence[Action]) -> dict[str, Any]:
        header = {name: actions[0].payload[name] for name in ("codEmp", "codFil", "datBai", "tnsBai")}
        apart = {"codEmp", "datBai", "tnsBai"}
        rows = [{name: value for name, value in each.payload.items() if name not in apart} for each in actions]
        return {**header, "gridTitulosBaixar": rows}

    def told(self, actions: Sequence[Action], result: Row) -> list[Told]:
        """A line without a message was taken, unless the call as a whole says otherwise and must be looked at."""
        fine = is_ok(result.get("resultado"))

        def line(action: Action, row: Row) -> Told:
            words = row["msgErr"]
            return answered(words, _settlement_id(action)) if words or not fine else _settlement_id(action)

        return each_line(actions, result["gridRetorno"], lambda row: row["numInt"], line)

    async def resolve_all(self, actions: Sequence[Action]) -> Sequence[str | Problem | None]:
        found = await _movements_of(self._erp, [each.payload for each in actions])
        notes = {_settlement_of(row) for row in found}
        nameless = {_nature(row, row.get("vlrMov"), row.get("datPgt")) for row in found if not row.get("obsMcp")}

        def look(action: Action) -> str | Problem | None:
            if action.payload["numInt"] in notes:
                return _settlement_id(action)
            nature = _nature(action.payload, action.payload["vlrBai"], action.payload["datBai"])
            return (
                Unknown("há no ERP uma baixa igual sem observação, que pode ser esta") if nature in nameless else None
            )

        return [look(action) for action in actions]

    async def stands(self, target_id: str) -> bool:
        if not (parts := SETTLEMENT_ID.fullmatch(target_id)):
            raise Unknown("a baixa foi lançada por uma versão que não guardava o seu título")
        title = dict(zip(KEY, parts["key"].split("/", 4), strict=True))
        return parts["settlement"] in [_settlement_of(row) for row in await _movements_of(self._erp, [title])]


class Reversals:
    """Settlements of ours that payroll took back."""

    looks_by: tuple[str, ...] = (*KEY, "seqMov")

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp

    async def send(self, action: Action) -> str | Receipt:
        row = {name: action.payload[name] for name in (*KEY, "seqMov")}
        asked = self._erp.integrated({"titulosPagar": [row]})
        told = await self._erp.submit(TITLES_SERVICE, "EstornoBaixaTitulosCP_2", asked)
        if code_of(told.get("tipoRetorno")) != SUCCESS:
            raise refused(next((each["msgRet"] for each in told["retorno"]), None) or told.get("mensagemRetorno"))
        return action.document_id

    async def resolve(self, action: Action) -> str | None:
        left = {code_of(row["seqMov"]) for row in await _movements_of(self._erp, [action.payload])}
        return action.document_id if code_of(action.payload["seqMov"]) not in left else None


def _or_raised(told: Told) -> str | Receipt:
    if isinstance(told, Problem):
        raise told
    return told


def _entry_told(action: Action, row: Row) -> Told:
    """A number says that the entry was stored, whatever words stand beside it; good words without one are looked at."""
    del action
    number = code_of(row["numLct"])
    if number.isdigit() and number.strip("0") and (is_ok(row["resultado"]) or not row["resultado"]):
        return number
    return Receipt() if is_ok(row["resultado"]) or not row["resultado"] else refused(row["resultado"])


def _batch_id(row: Row) -> str:
    return "/".join(code_of(row[name]) for name in BATCH_KEY)


def _title_id(action: Action) -> str:
    """The title's key, and the how-manieth entry of it this is."""
    return f"{key_of(action.payload)}@{action.document_id.rpartition('@')[2]}"


def _settlement_id(action: Action) -> str:
    return f"{key_of(action.payload)} [HCM:{action.payload['numInt']}]"


def _settlement_of(movement: Row) -> str | None:
    """Which settlement of payroll a movement says in its note that it is."""
    found = re.search(r"\[HCM:([^\]]+)\]", movement.get("obsMcp") or "")
    return found[1] if found else None


def _entry_nature(row: Row) -> tuple[str, ...]:
    """Batch, accounts and amount of an entry, however they are written; no account is written as zero."""
    accounts = (code_of(row.get(name)).strip("0") for name in ("numLot", "ctaDeb", "ctaCre"))
    return *accounts, _plain(row.get("vlrLct"))


def _plain(amount: Any) -> str:
    text = str(amount or "").replace(",", ".")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _nature(row: Row, amount: Any, on: Any) -> tuple[str, ...]:
    """Title, day and amount of a movement, however the amount is written."""
    return key_of(row), str(on), _plain(amount)


def _whole(row: Row, place: Row) -> Row:
    """An answer's key, with company and branch of the call where the row does not repeat them."""
    return {**row, **{name: row[name] or value for name, value in place.items()}}


def _suppliers(actions: Sequence[Action]) -> list[tuple[str, ...]]:
    return sorted({_supplier(action) for action in actions})


def _supplier(action: Action) -> tuple[str, ...]:
    return tuple(code_of(action.payload[name]) for name in KEY[:3])


async def _batches_of(erp: SeniorErp, action: Action) -> list[Row]:
    """The batches of that company around that day: somebody may have moved one."""
    on = datetime.strptime(action.payload["datLot"], "%d/%m/%Y")  # noqa: DTZ007 - a day has no zone
    days = [f"{on + timedelta(days=gap):%d/%m/%Y}" for gap in (-31, 31)]
    return await listed(erp, BATCHES, days, action.payload["codEmp"])


async def _titles_of(erp: SeniorErp, supplier: tuple[str, ...]) -> set[str]:
    """The keys of a supplier's titles."""
    asked: dict[str, Any] = dict(zip(KEY[:3], supplier, strict=True))
    told = await erp.call(TITLES_SERVICE, "ConsultarTitulosCP_3", asked)
    must_be_done(told, "ConsultarTitulosCP_3")
    return {key_of(_whole(row, asked)) for row in told["titulos"] if row["numTit"]}


async def _stands(erp: SeniorErp, title: Row) -> bool:
    """Whether a title is there: listed, or not listed any more (paid, where only open ones are) and with movements."""
    if key_of(title) in await _titles_of(erp, tuple(code_of(title[name]) for name in KEY[:3])):
        return True
    return bool(await _movements_of(erp, [title]))


async def _movements_of(erp: SeniorErp, titles: Sequence[Row]) -> list[Row]:
    """The movements of these titles of one branch that were not taken back."""
    asked = {key_of(title): {name: title[name] for name in KEY[2:]} for title in titles}
    found = await erp.movements({name: titles[0][name] for name in KEY[:2]}, list(asked.values()))
    if found.refused:
        raise found.refused[0][1]
    return [row for row in found.rows if row.get("sitReg") != erp.settings.reversed_status]
