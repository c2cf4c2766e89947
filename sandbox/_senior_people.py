"""Suppliers that payroll pays and the ERP knows: invented, the same on both sides."""

from __future__ import annotations

from sandbox._people import cnpj

# Code → name, situation in the ERP, tax id.
SUPPLIERS = {
    500: ("Plano de Saúde Exemplo S.A.", "A", cnpj("22333444")),
    501: ("Farmácia Fechada Ltda", "I", cnpj("33444555")),
    502: ("Sindicato com Desconto Errado", "A", cnpj("44555666")),
    503: ("Consignados com Multa Errada", "A", cnpj("55666777")),
    504: ("Previdência com Juros Errados", "A", cnpj("66777888")),
    505: ("Transporte sem Tipo de Juros", "A", cnpj("77888999")),
    506: ("Odonto Exemplo Ltda", "A", cnpj("88999000")),
}

# Obligations that payroll sent to the ERP before the sandbox begins: title, supplier, amount, and what the ERP has
# settled of each since, by hand: paid on, amount.
SENT_BEFORE = (
    ("FP202610-ALIMENTACAO", 506, "4820.00", (("2026-11-05", "4820.00"),)),
    ("FP202610-CONSIGNADO", 506, "1930.25", (("2026-11-03", "1000.00"), ("2026-11-10", "500.00"))),
    ("FP202610-SEGURO", 500, "640.80", ()),
)
