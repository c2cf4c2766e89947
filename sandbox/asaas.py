"""Asaas (online payments), API v3: key in `access_token`, offset paging, errors as a list, webhooks.

Documented unless said otherwise. Assumed: the order of listings (newest first), the sentences of refusals,
and that a charge registered by oGestor's panel carries `fatura:<codigo>` as its external reference.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from sandbox import _asaas_data as data
from sandbox._asaas_hooks import Events, hook_row
from sandbox._call import Answer, Call, Dialect, RefusedError, Route, System
from sandbox._limits import Windows
from sandbox._numbers import cents, is_amount
from sandbox._table import Between, Condition, Equal, Row
from sandbox._world import World, Write

CALLS, SECONDS = 25_000, 12 * 3600
LARGEST_PAGE = 100
CREDENTIALS: Row = {
    "access_token": "$aact_hmlg_invented_key_of_the_stand_in_not_a_real_one",
    "wrong_environment": "$aact_prod_invented_key_of_the_other_environment",
}
EQUALITIES = ("customer", "billingType", "status", "subscription", "installment", "externalReference", "paymentDate")
WINDOWS = ("dateCreated", "paymentDate", "estimatedCreditDate", "dueDate")
REFUNDABLE = ("CONFIRMED", "RECEIVED")
CHOICES: dict[str, tuple[str, ...]] = {"faces": ("shown", "hidden"), "order": ("newest_first", "oldest_first")}
"""Whether `originalValue` is filled where another amount than the face was paid, and how listings are ordered."""


def build(world: World) -> System:
    """Asaas in this world."""
    return Asaas(world).system


def errors(status: int, code: str, description: str) -> Answer:
    """The error envelope."""
    return Answer({"errors": [{"code": code, "description": description}]}, status)


def refuse(code: str, description: str, status: int = 400) -> NoReturn:
    raise RefusedError(errors(status, code, description))


def unauthorised() -> Answer:
    return errors(401, "invalid_access_token", "A chave de API fornecida é inválida")


def too_many() -> Answer:
    return errors(429, "too_many_requests", "Você excedeu o limite de requisições.")


def malformed() -> Answer:
    return errors(400, "invalid_action", "O corpo da requisição não pôde ser lido.")


class Asaas:
    """The handlers, around customers, charges and webhooks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tables, planted = data.tables(world.seed, world.size, world.size_name)
        self.quirks = {name: readings[0] for name, readings in CHOICES.items()}
        self.windows = Windows(CALLS * world.pace, SECONDS)
        self.events = Events(world)
        self.announced = set(self.tables["payment"].rows)
        self.system = System(
            name="asaas",
            tables=self.tables,
            routes=self._routes(),
            dialect=Dialect(
                page="offset",
                first_page=0,
                rows="data",
                total="totalCount",
                page_echo="offset",
                too_many=too_many,
                unauthorised=unauthorised,
                rejected=lambda message: errors(400, "invalid_action", message),
                malformed=malformed,
                unknown_route=lambda call: errors(404, "not_found", f"Recurso não encontrado: {call.path}"),
                nothing=lambda: Answer(self._page([], 0, 10)),
            ),
            guard=self.guard,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=CHOICES,
            planted=planted,
            tick=self.tick,
        )

    def _routes(self) -> list[Route]:
        one = "/v3/payments/{id}"
        hook = "/v3/webhooks/{id}"
        return [
            Route("GET", "/v3/customers", self.customers),
            Route("POST", "/v3/customers", self.create_customer),
            Route("GET", "/v3/customers/{id}", lambda call: Answer(self._one("customer", call))),
            Route("GET", "/v3/payments", self.payments),
            Route("POST", "/v3/payments", self.create_payment),
            Route("GET", one, lambda call: Answer(self._seen(self._one("payment", call)))),
            Route("DELETE", one, self.delete),
            Route("POST", f"{one}/restore", self.restore),
            Route("POST", f"{one}/receiveInCash", self.receive_in_cash),
            Route("POST", f"{one}/undoReceivedInCash", self.undo_cash),
            Route("POST", f"{one}/refund", self.refund),
            Route("GET", f"{one}/identificationField", self.identification),
            Route("GET", f"{one}/pixQrCode", self.pix),
            Route("POST", "/v3/sandbox/payment/{id}/confirm", self.confirm),
            Route("POST", "/v3/sandbox/payment/{id}/overdue", self.overdue),
            Route("GET", "/v3/webhooks", lambda call: self._listing(call, self._shown_hooks())),
            Route("POST", "/v3/webhooks", self.create_webhook),
            Route("GET", hook, lambda call: Answer(self._shown_hook(self._one("webhook", call)))),
            Route("PUT", hook, self.change_webhook),
            Route("DELETE", hook, self.delete_webhook),
            Route("POST", f"{hook}/removeBackoff", self.remove_backoff),
        ]

    def guard(self, call: Call, route: Route) -> Answer | None:  # noqa: ARG002
        """Quota, key, the mandatory User-Agent (its refusal is assumed), and no GET with a body."""
        let_in = self.windows.take("")
        call.answer_headers = {
            "RateLimit-Limit": str(self.windows.allowed),
            "RateLimit-Remaining": str(self.windows.remaining("")),
            "RateLimit-Reset": str(self.windows.reset("")),
        }
        if not let_in:
            return too_many()
        given = call.headers.get("access_token", "")
        if given == CREDENTIALS["wrong_environment"]:
            return errors(401, "invalid_environment", "A chave de API informada não pertence a este ambiente")
        if given != CREDENTIALS["access_token"]:
            return unauthorised()
        if not call.headers.get("user-agent"):
            return errors(400, "invalid_user_agent", "O cabeçalho User-Agent é obrigatório")
        return errors(403, "forbidden", "GET com corpo") if call.method == "GET" and call.body else None

    def tick(self) -> None:
        """What time does: charges of the panel are announced, unpaid ones fall due, paid slips become available."""
        today = self.world.clock.date().isoformat()
        for row in list(self.tables["payment"].rows.values()):
            if row["id"] not in self.announced:
                self.announced.add(row["id"])
                self.events.happened("PAYMENT_CREATED", row)
            if row["status"] == "PENDING" and str(row["dueDate"]) < today and not row["deleted"]:
                self._becomes(row, "PAYMENT_OVERDUE", status="OVERDUE")
            elif row["status"] == "CONFIRMED" and str(row["estimatedCreditDate"] or "9999") <= today:
                self._becomes(row, "PAYMENT_RECEIVED", status="RECEIVED", creditDate=row["estimatedCreditDate"])
        self.events.sender.send()

    @property
    def _today(self) -> date:
        return self.world.clock.date()

    # Reading

    def customers(self, call: Call) -> Answer:
        """Customers by name (part), e-mail, tax id, external reference."""
        asked = call.query
        exact = [Equal(name, asked[name]) for name in ("email", "cpfCnpj", "externalReference") if asked.get(name)]
        rows = self.tables["customer"].select(exact)
        if part := asked.get("name", "").casefold():
            rows = [row for row in rows if part in str(row["name"]).casefold()]
        return self._listing(call, rows)

    def payments(self, call: Call) -> Answer:
        """Charges that are not deleted, newest first; there is no filter by change."""
        conditions: list[Condition] = [Equal("deleted", False)]
        conditions += [Equal(name, call.query[name]) for name in EQUALITIES if call.query.get(name)]
        for name in WINDOWS:
            low, high = call.query.get(f"{name}[ge]"), call.query.get(f"{name}[le]")
            if low or high:
                conditions.append(Between(name, low, high))
        newest_first = self.quirks["order"] == "newest_first"
        rows = self.tables["payment"].select(conditions, sort="id", descending=newest_first)
        return self._listing(call, rows if self.quirks["faces"] == "shown" else [self._seen(row) for row in rows])

    def _seen(self, row: Row) -> Row:
        return {**row, "originalValue": None} if self.quirks["faces"] == "hidden" else row

    def identification(self, call: Call) -> Answer:
        """The digitable line; its digits are invented."""
        row = self._one("payment", call)
        number = str(row["nossoNumero"])
        return Answer(
            {"identificationField": number.rjust(47, "0"), "nossoNumero": number, "barCode": number.rjust(44, "0")}
        )

    def pix(self, call: Call) -> Answer:
        row = self._one("payment", call)
        expires = f"{row['dueDate']} 23:59:59"
        return Answer({"encodedImage": "", "payload": f"00020126{row['id']}6304", "expirationDate": expires})

    def _one(self, table: str, call: Call) -> Row:
        row = self.tables[table].rows.get(call.parts["id"])
        if row is None:
            raise RefusedError(Answer(None, 404, text=""))
        return row

    def _listing(self, call: Call, rows: list[Row]) -> Answer:
        offset, limit = _count(call, "offset", 0), _count(call, "limit", 10)
        if not 0 < limit <= LARGEST_PAGE:
            refuse("invalid_limit", "O limite deve estar entre 1 e 100.")
        return Answer(self._page(rows, offset, limit))

    def _page(self, rows: list[Row], offset: int, limit: int) -> Row:
        return {
            "object": "list",
            "hasMore": offset + limit < len(rows),
            "totalCount": len(rows),
            "limit": limit,
            "offset": offset,
            "data": rows[offset : offset + limit],
        }

    # Writing: creation answers 200

    def create_customer(self, call: Call) -> Answer:
        body = self._document(call)
        if not body.get("name") or not body.get("cpfCnpj"):
            refuse("invalid_customer", "Informe nome e CPF/CNPJ.")
        number = 100_000 + len(self.tables["customer"].rows)
        row = data.customer_row(number, body["name"], body["cpfCnpj"], body.get("email") or "", self._today)
        row["externalReference"] = body.get("externalReference")
        return self._accept(call, "customer", row, body, "create")

    def create_payment(self, call: Call) -> Answer:
        """Two charges may carry one external reference: there is no idempotency key."""
        body = self._document(call)
        if body.get("customer") not in self.tables["customer"].rows:
            refuse("invalid_customer", "Cliente inválido ou não informado.")
        if not is_amount(body.get("value")):
            refuse("invalid_value", "Informe o valor da cobrança.")
        due = _day(body, "dueDate")
        if due < self._today:
            refuse("invalid_dueDate", "Não é permitido data de vencimento inferior a hoje.")
        number = 500_000 + len(self.tables["payment"].rows)
        row = data.charge_row(number, 0, body["customer"], cents(int(Decimal(body["value"]) * 100)), due)
        row |= {name: body.get(name) for name in ("externalReference", "description")}
        row |= {"billingType": body.get("billingType") or "UNDEFINED", "dateCreated": self._today.isoformat()}
        answer = self._accept(call, "payment", row, body, "create")
        self.announced.add(row["id"])
        self.events.happened("PAYMENT_CREATED", row)
        return answer

    def confirm(self, call: Call) -> Answer:
        """Sandbox only: pays a charge. A bank slip is confirmed first and available a business day later."""
        row = self._unpaid(call)
        late = max(0, (self._today - date.fromisoformat(row["dueDate"])).days)
        face = int(Decimal(row["value"]) * 100)
        amount = face + (face * 2 // 100 + face * late // 3000 if late else 0)
        change = data.paid(row, amount, self._today, status="CONFIRMED")
        return self._change(call, row, "settle", "PAYMENT_CONFIRMED", **change)

    def overdue(self, call: Call) -> Answer:
        return self._change(call, self._unpaid(call), "overdue", "PAYMENT_OVERDUE", status="OVERDUE")

    def receive_in_cash(self, call: Call) -> Answer:
        row, body = self._unpaid(call), self._document(call)
        if not is_amount(body.get("value")):
            refuse("invalid_value", "Informe o valor recebido.")
        amount = int(Decimal(body["value"]) * 100)
        change = data.paid(row, amount, _day(body, "paymentDate"), status="RECEIVED_IN_CASH")
        return self._change(call, row, "settle", "PAYMENT_RECEIVED", **change)

    def undo_cash(self, call: Call) -> Answer:
        row = self._one("payment", call)
        if row["status"] != "RECEIVED_IN_CASH":
            refuse("invalid_action", "A cobrança não foi recebida em dinheiro.")
        blank = dict.fromkeys(("paymentDate", "clientPaymentDate", "confirmedDate", "originalValue", "interestValue"))
        face = row["originalValue"] or row["value"]
        status = "OVERDUE" if row["dueDate"] < self._today.isoformat() else "PENDING"
        return self._change(call, row, "reopen", "PAYMENT_RECEIVED_IN_CASH_UNDONE", **blank, value=face, status=status)

    def refund(self, call: Call) -> Answer:
        row = self._one("payment", call)
        body = self._document(call) if call.body else {}
        if row["status"] not in REFUNDABLE:
            refuse("invalid_action", "Somente é possível estornar cobranças recebidas.")
        amount: Any = body.get("value", row["value"])
        if not is_amount(amount) or Decimal(amount) > Decimal(row["value"]):
            refuse("invalid_value", "O valor do estorno é inválido.")
        done = [*(row["refunds"] or []), data.refund_row(amount, self.world.clock, body.get("description"))]
        whole = sum(Decimal(each["value"]) for each in done) >= Decimal(row["value"])
        event = "PAYMENT_REFUNDED" if whole else "PAYMENT_PARTIALLY_REFUNDED"
        return self._change(call, row, "refund", event, refunds=done, status="REFUNDED" if whole else row["status"])

    def delete(self, call: Call) -> Answer:
        row = self._unpaid(call)
        self._change(call, row, "cancel", "PAYMENT_DELETED", deleted=True)
        return Answer({"deleted": True, "id": row["id"]})

    def restore(self, call: Call) -> Answer:
        row = self._one("payment", call)
        if not row["deleted"]:
            refuse("invalid_action", "A cobrança não está removida.")
        return self._change(call, row, "reopen", "PAYMENT_RESTORED", deleted=False)

    def _unpaid(self, call: Call) -> Row:
        row = self._one("payment", call)
        if row["deleted"] or row["status"] not in ("PENDING", "OVERDUE"):
            refuse("invalid_action", "A cobrança não está aguardando pagamento.")
        return row

    def _becomes(self, row: Row, event: str, **changed: Any) -> None:
        new = {**row, **changed}
        self.tables["payment"].put(new)
        self.events.happened(event, new)

    def _change(self, call: Call, row: Row, verb: str, event: str, **changed: Any) -> Answer:
        new = {**row, **changed}
        answer = self._accept(call, "payment", new, self._document(call) if call.body else {}, verb)
        self.events.happened(event, new)
        return answer

    def _accept(self, call: Call, table: str, row: Row, body: Row, verb: str) -> Answer:
        reference = row.get("externalReference")
        self.world.accept(call, Write(verb=verb, id=row["id"], body=body, rows=[(table, row)], reference=reference))
        return Answer(row)

    def _document(self, call: Call) -> Row:
        try:
            return call.document()
        except ValueError as problem:
            raise RefusedError(malformed()) from problem

    # Webhooks; the token is never shown

    def create_webhook(self, call: Call) -> Answer:
        body = self._document(call)
        if not str(body.get("url", "")).startswith("http"):
            refuse("invalid_url", "A URL informada é inválida.")
        row = hook_row(len(self.tables["webhook"].rows) + 1, body)
        self._accept(call, "webhook", row, {**body, "authToken": "…"}, "create")
        return Answer(self._shown_hook(row))

    def change_webhook(self, call: Call) -> Answer:
        old, body = self._one("webhook", call), self._document(call)
        row = {**hook_row(0, {**old, **body}), "id": old["id"]}
        self._accept(call, "webhook", row, {**body, "authToken": "…"}, "update")
        if not row["interrupted"]:
            self.events.sender.resume(row)
        return Answer(self._shown_hook(row))

    def delete_webhook(self, call: Call) -> Answer:
        row = self._one("webhook", call)
        self.tables["webhook"].remove(row["id"])
        return Answer({"deleted": True, "id": row["id"]})

    def remove_backoff(self, call: Call) -> Answer:
        row = self._one("webhook", call)
        self.events.sender.resume(row)
        return Answer(self._shown_hook(row))

    def _shown_hooks(self) -> list[Row]:
        return [self._shown_hook(row) for row in self.tables["webhook"].rows.values()]

    def _shown_hook(self, row: Row) -> Row:
        shown = {name: value for name, value in row.items() if name != "authToken"}
        return {**shown, "penalizedRequestsCount": self.events.sender.failures(row)}


def _count(call: Call, name: str, default: int) -> int:
    text = call.query.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        refuse(f"invalid_{name}", f"{name} inválido.")
    return int(text)


def _day(body: Row, name: str) -> date:
    try:
        return date.fromisoformat(str(body.get(name)))
    except ValueError:
        refuse(f"invalid_{name}", f"{name} inválida.")
