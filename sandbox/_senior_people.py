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
