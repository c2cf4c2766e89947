"""What cannot be beaten with these parts: pages as they come into files, the files into DuckDB, nothing checked."""

import sys
from pathlib import Path

import duckdb
import httpx

from bench._pages import ROUTE
from connections._json import parse

CODE = "STRUCT(codigo BIGINT, descricao VARCHAR)"
PERSON = "STRUCT(codigo BIGINT, nome VARCHAR, cpfCnpj VARCHAR, email VARCHAR, telefone VARCHAR)"
RECEIPT = (
    f"STRUCT(codigo BIGINT, descricao VARCHAR, empresa BIGINT, pessoa {PERSON}, contrato BIGINT, nrParcela BIGINT, "
    f"valor DECIMAL(18, 2), valorPago DECIMAL(18, 2), situacao VARCHAR, dataLancamento BIGINT, dataVencimento BIGINT, "
    f"dataCompetencia BIGINT, dataPagamento BIGINT, dataAlteracao BIGINT, planoConta {CODE}, centroCusto {CODE}, "
    f"conta {CODE})"
)
LOAD = f"""
create table raw.movparcela as select unnest(receipt) from (
    select unnest(content) as receipt from read_json($pages, columns = {{content: '{RECEIPT}[]'}})
)"""


def main(address: str, folder: Path) -> None:
    with httpx.Client(base_url=f"{address}/pacto", trust_env=False) as client:
        page, pages = 0, 1
        while page < pages:
            body = client.get(ROUTE, params={"page": page}).content
            pages = pages if page else int(parse(body)["totalPages"])
            (folder / f"{page}.json").write_bytes(body)
            page += 1
    with duckdb.connect(str(folder / "staging.duckdb")) as database:
        database.execute("create schema raw")
        database.execute(LOAD, {"pages": str(folder / "*.json")})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
