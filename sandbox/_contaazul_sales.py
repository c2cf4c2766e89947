"""Conta Azul's sales and the services they consist of: pending until somebody confirms them in the ERP."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox._call import Answer, Call, RefusedError, Route
from sandbox._contaazul_data import sale_row
from sandbox._contaazul_words import (
    SHORT_PAGE_SIZES,
    body_of,
    generic,
    is_uuid,
    missing,
    new_id,
    paged,
    worded,
)
from sandbox._numbers import is_amount
from sandbox._table import Between, Row, Table
from sandbox._world import World, Write

REQUIRED = ("id_cliente", "numero", "situacao", "data_venda", "itens", "condicao_pagamento")
WORDS_OF_TAKEN = {"documented": "Número da venda já utilizado", "other": "Não foi possível salvar a venda"}
CENT = Decimal("0.01")
SUMS = "A soma das parcelas deve ser igual ao valor total dos itens"


class Sales:
    """The routes under `/v1/venda` and `/v1/servicos`."""

    def __init__(self, world: World, tables: dict[str, Table], quirks: dict[str, str]) -> None:
        self.world = world
        self.tables = tables
        self.sales = tables["vendas"]
        self.quirks = quirks

    def routes(self) -> list[Route]:
        """What the integration needs of them."""
        return [
            Route("GET", "/v1/venda/proximo-numero", self.next_number),
            Route("GET", "/v1/venda/busca", self.search),
            Route("POST", "/v1/venda", self.create),
            Route("POST", "/v1/venda/exclusao-lote", self.delete),
            Route("GET", "/v1/venda/{id}", self.one),
            Route("GET", "/v1/venda/{id}/itens", self.items),
            Route("GET", "/v1/venda/vendedores", self.sellers),
            Route("GET", "/v1/produtos", self.products),
            Route("GET", "/v1/servicos", self.services),
            Route("POST", "/v1/servicos", self.create_service),
        ]

    def next_number(self, call: Call) -> Answer:  # noqa: ARG002
        """A bare number, which is no reservation: two that ask get the same."""
        numbers = [row["numero"] for row in self.sales.rows.values() if row["situacao"] != "CANCELADO"]
        return Answer(max(numbers) + 1 if numbers else None)

    def search(self, call: Call) -> Answer:
        """Sales by date, creation, client and number; whether the list says what the notes say is a quirk."""
        asked = call.query
        windows = (("data_inicio", "data_fim", "data_venda"), ("data_criacao_de", "data_criacao_ate", "criado_em"))
        conditions = [Between(field, asked.get(low) or None, asked.get(high) or None) for low, high, field in windows]
        conditions = [each for each in conditions if each.low or each.high]
        clients, numbers = call.every("ids_clientes"), call.every("numeros")
        if self.quirks["client_filter"] == "ignored":
            clients = []
        rows = [
            row
            for row in self.sales.select(conditions)
            if (not clients or row["id_cliente"] in clients) and (not numbers or str(row["numero"]) in numbers)
        ]
        page, _, _ = paged(call, rows, self._in_list, self.quirks)
        total = sum((Decimal(row["valor"]) for row in rows), Decimal(0))
        sums = {"total": total, "aprovado": 0, "cancelado": 0, "esperando_aprovacao": total}
        counts = {"total": len(rows), "aprovado": 0, "cancelado": 0, "esperando_aprovacao": len(rows)}
        return Answer({"totais": sums, "quantidades": counts, "total_itens": len(rows), "itens": page})

    def one(self, call: Call) -> Answer:
        """One sale by its UUID or its old number, in an envelope of its own."""
        row = self._known(call)
        client = self.tables["pessoas"].rows.get(row["id_cliente"], {})
        sale = {
            "id": row["id"],
            "id_legado": row["id_legado"],
            "numero": row["numero"],
            "data_compromisso": row["data_venda"],
            "composicao_valor": {"valor_bruto": row["valor"], "frete": 0, "valor_liquido": row["valor"]},
            "observacoes": row["observacoes"] or "",
            "id_cliente": row["id_cliente"],
            "versao": row["versao"],
            "tipo_pendencia": {"nome": "ESPERANDO_CONFIRMACAO", "descricao": "Esperando confirmação"},
            "situacao": {"nome": row["situacao"], "descricao": "Em andamento", "ativado": True},
            "origem": row["origem"],
        }
        who = {
            "uuid": row["id_cliente"],
            "tipo_pessoa": str(client.get("tipo_pessoa", "")),
            "documento": client.get("documento") or "",
            "nome": client.get("nome", ""),
        }
        return Answer({"cliente": who, "venda": sale})

    def items(self, call: Call) -> Answer:
        """What was sold; a sale does not carry it."""
        rows = self._known(call)["itens"]
        page, _, _ = paged(call, rows, lambda row: row, self.quirks)
        return Answer({"itens": page, "itens_totais": len(rows)})

    def create(self, call: Call) -> Answer:
        """A new sale: status 200. That a number may be used once only is assumed."""
        body = body_of(call)
        amount = self._judge(call, body)
        now = self.world.clock.strftime("%Y-%m-%dT%H:%M:%S.5")
        row = {
            "id": new_id(self.sales, "vendas"),
            "id_legado": 1001 + len(self.sales.rows),
            "id_cliente": body["id_cliente"],
            "numero": body["numero"],
            "situacao": body["situacao"],
            "data_venda": body["data_venda"],
            "criado_em": now,
            "data_alteracao": now,
            "origem": "API",
            "observacoes": body.get("observacoes"),
            "itens": body["itens"],
            "condicao_pagamento": body["condicao_pagamento"],
            "valor": amount,
            "versao": 0,
        }
        self.world.accept(call, Write("create", row["id"], body, [("vendas", row)], reference=row["observacoes"]))
        gross = {"valor_bruto": amount, "frete": 0, "valor_liquido": amount}
        told = {name: row[name] for name in ("id", "id_legado", "id_cliente", "numero", "origem", "versao")}
        if self.quirks["sale_answer"] != "id":
            key = told.pop("id")
            told |= {"id_venda": key} if self.quirks["sale_answer"] == "other_key" else {}
        pending = body["situacao"] == "EM_ANDAMENTO"
        return Answer(
            {
                **told,
                "data_venda": f"{row['data_venda']}T00:00:00Z",
                "situacao": {"nome": "IN_PROCESS" if pending else "APPROVED", "descricao": "Em andamento"},
                "pendencia": {"nome": "AGUARDANDO_CONFIRMACAO", "descricao": "Aguardando confirmação"},
                "valor_composicao": gross,
                "condicao_pagamento": body["condicao_pagamento"],
                "observacoes": row["observacoes"] or "",
            }
        )

    def delete(self, call: Call) -> Answer:
        """Up to ten sales, which stay as cancelled ones."""
        keys = body_of(call).get("ids")
        if not isinstance(keys, list) or not 1 <= len(keys) <= 10:
            raise RefusedError(generic(400, "Informe de 1 a 10 ids", call))
        rows = [{**self.sales.rows[key], "situacao": "CANCELADO"} for key in keys if key in self.sales.rows]
        self.world.accept(call, Write("delete", keys[0], {"ids": keys}, [("vendas", row) for row in rows]))
        return Answer({"atualizados": len(rows), "ignorados": len(keys) - len(rows)})

    def services(self, call: Call) -> Answer:
        """Services by part of their description."""
        part = call.query.get("busca_textual", "").casefold()
        rows = [row for row in self.tables["servicos"].select() if part in str(row["descricao"]).casefold()]
        page, number, size = paged(call, rows, lambda row: row, self.quirks, SHORT_PAGE_SIZES)
        told = {"pagina_atual": number, "total_paginas": -(-len(rows) // size), "tamanho_pagina": size}
        return Answer({"itens": page, "paginacao": {**told, "total_itens": len(rows)}})

    def create_service(self, call: Call) -> Answer:
        """A new service."""
        body = body_of(call)
        for name in ("descricao", "status", "tipo_servico"):
            if not body.get(name):
                raise RefusedError(generic(400, f"O campo {name} é obrigatório", call))
        services = self.tables["servicos"]
        row = {
            "id": new_id(services, "servicos"),
            "id_servico": len(services.rows) + 1,
            **{name: body[name] for name in ("descricao", "status", "tipo_servico")},
        }
        self.world.accept(call, Write("create", row["id"], body, [("servicos", row)]))
        return Answer(row, 201)

    def _sell_at_the_counter(self, number: Any) -> None:
        """Somebody in the shop is faster, where the quirk says so: every other number is theirs."""
        is_theirs = self.quirks["counter"] == "busy" and isinstance(number, int) and number % 2 == 0
        if is_theirs and self.tables["pessoas"].rows:
            key = new_id(self.sales, "balcão")
            client = next(iter(self.tables["pessoas"].rows))
            row = sale_row(key, number, client, 1_000, criado_em=self.world.clock.strftime("%Y-%m-%dT%H:%M:%S.5"))
            if all(each["numero"] != number for each in self.sales.rows.values()):
                self.world.plant({"system": "contaazul", "table": "vendas", "rows": [row]})

    def sellers(self, call: Call) -> Answer:  # noqa: ARG002
        """Salespeople, as a bare array."""
        return Answer(self.tables["vendedores"].select())

    def products(self, call: Call) -> Answer:
        """Products, in the envelope of people."""
        rows = self.tables["produtos"].select()
        page, _, _ = paged(call, rows, lambda row: row, self.quirks)
        return Answer({"items": page or None, "totalItems": len(rows)})

    def _discount(self, body: Row, total: Decimal, refuse: Callable[[str], RefusedError]) -> Decimal:
        """What a sale is worth less than its items; that parcels add up to what is left is assumed."""
        discount = (body.get("composicao_de_valor") or {}).get("desconto")
        if discount is None:
            return Decimal(0)
        if discount.get("tipo") not in ("VALOR", "PORCENTAGEM") or not is_amount(discount.get("valor")):
            raise refuse("Desconto inválido")
        value = Decimal(discount["valor"])
        return value if discount["tipo"] == "VALOR" else (total * value / 100).quantize(CENT)

    def _known(self, call: Call) -> Row:
        key = call.parts["id"]
        row = self.sales.rows.get(key)
        if row is None and key.isdigit():
            row = next((each for each in self.sales.rows.values() if each["id_legado"] == int(key)), None)
        if row is None:
            raise missing(call)
        return row

    def _in_list(self, row: Row) -> Row:
        client = self.tables["pessoas"].rows.get(row["id_cliente"], {})
        return {
            "id": row["id"],
            "total": row["valor"],
            "id_legado": row["id_legado"],
            "data": row["data_venda"],
            "criado_em": row["criado_em"],
            "data_alteracao": row["data_alteracao"],
            "tipo": "VENDA",
            "itens": "SERVICO",
            "condicao_pagamento": True,
            "numero": row["numero"],
            "cliente": {"id": row["id_cliente"], "nome": client.get("nome", ""), "email": client.get("email") or ""},
            "situacao": {
                "nome": worded(row["situacao"], self.quirks["situations"]),
                "descricao": worded(row["situacao"], "titles"),
            },
            "versao": row["versao"],
            "origem": row["origem"],
            **({"observacoes": row["observacoes"] or ""} if self.quirks["sale_notes"] == "in_the_list" else {}),
        }

    def _judge(self, call: Call, body: Row) -> Any:
        """The value of a sale that may be saved; else the first fault, alone."""

        def refuse(message: str) -> RefusedError:
            return RefusedError(generic(400, message, call))

        for name in REQUIRED:
            if body.get(name) in (None, "", []):
                raise refuse(f"O campo {name} é obrigatório")
        if body["id_cliente"] not in self.tables["pessoas"].rows:
            raise refuse("Cliente não encontrado")
        if body["situacao"] not in ("EM_ANDAMENTO", "APROVADO"):
            raise refuse("Situação inválida")
        self._sell_at_the_counter(body["numero"])
        if any(row["numero"] == body["numero"] and row["situacao"] != "CANCELADO" for row in self.sales.rows.values()):
            raise refuse(WORDS_OF_TAKEN[self.quirks["number_taken"]])
        terms = body["condicao_pagamento"]
        parts = terms.get("parcelas") or []
        if not terms.get("opcao_condicao_pagamento") or not parts:
            raise refuse("Condição de pagamento inválida")
        for item in body["itens"]:
            known = self.tables["servicos"].rows.keys() | self.tables["produtos"].rows.keys()
            if not is_uuid(item.get("id")) or item["id"] not in known:
                raise refuse("Item não encontrado")
            if not is_amount(item.get("valor")) or not _is_quantity(item.get("quantidade")):
                raise refuse("Valor do item inválido")
        total = sum((Decimal(item["valor"]) * Decimal(item["quantidade"]) for item in body["itens"]), Decimal(0))
        total = total.quantize(CENT) - self._discount(body, total, refuse)
        if not all(is_amount(part.get("valor")) and part.get("data_vencimento") for part in parts):
            raise refuse("Parcela inválida")
        if sum((Decimal(part["valor"]) for part in parts), Decimal(0)) != total:
            raise refuse(SUMS)
        return total


def _is_quantity(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value > 0
