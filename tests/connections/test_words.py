"""What a refusal says is found whatever its envelope, and told as a sentence."""

import pytest

from connections._words import LONGEST, said_in, words_of

ENVELOPES = {
    b'{"message":"CNPJ inv\xc3\xa1lido"}': "CNPJ inválido",
    b'{"Sucesso":false,"Mensagem":"CNPJ"}': "CNPJ",
    b'{"mensagem":"CNPJ","codigo":17}': "CNPJ",
    b'{"error":"CNPJ"}': "CNPJ",
    b'{"erro":"CNPJ"}': "CNPJ",
    b'{"error":{"message":"CNPJ","code":5}}': "CNPJ",
    b'{"error":{"erro":{"mensagens":["CNPJ"]}}}': "CNPJ",
    b'{"result":{"Mensagem":"CNPJ"}}': "CNPJ",
    b'{"error":true,"message":"CNPJ"}': "CNPJ",
    b'{"error":"invalid_grant","error_description":"CNPJ"}': "CNPJ",
    b'{"statusCode":400,"error":"Bad Request","message":["CNPJ","Valor"]}': "CNPJ; Valor",
    b'{"erros":["CNPJ","Valor","CNPJ"]}': "CNPJ; Valor",
    b'{"erros":[{"campo":"valor","mensagem":"negativo"}]}': "valor: negativo",
    b'{"errors":[{"code":"invalid","description":"CNPJ"},{"description":"Valor"}]}': "CNPJ; Valor",
    b'{"errors":[{"message":"CNPJ"}]}': "CNPJ",
    b'{"errors":[{"detail":"CNPJ"}]}': "CNPJ",
    b'{"title":"Dados","detail":"CNPJ","status":400,"errors":{"valor":["negativo"]}}': "Dados: CNPJ; valor: negativo",
    b'{"detail":[{"loc":["body"],"msg":"CNPJ"}]}': "CNPJ",
    b'{"valor":["negativo"],"data":["futura"]}': "valor: negativo; data: futura",
    b'{"timestamp":"2026-11-28","status":400,"error":"Bad Request","path":"/v1"}': "Bad Request",
    b'{"code":17}': "code 17",
    b'["CNPJ","Valor"]': "CNPJ; Valor",
    b'"CNPJ"': "CNPJ",
    b"CNPJ\n  inv\xe1lido\x00": "CNPJ inválido",
    b"<!doctype html><html><head><title>502</title><style>p {}</style></head><p>Bad &amp; so</p>": "502 Bad & so",
    b'<?xml version="1.0"?><fault><faultstring>CNPJ</faultstring></fault>': "CNPJ",
    b"": "",
    b"{}": "",
    b"null": "",
    b'{"error":': "",
    b'{"success":false,"data":null}': "",
}


@pytest.mark.parametrize("body", ENVELOPES, ids=range(len(ENVELOPES)))
def test_the_words_of_a_refusal(body: bytes) -> None:
    assert words_of(body) == ENVELOPES[body]


def test_words_without_end_are_cut() -> None:
    told = words_of(b'{"message":"' + b"a" * 100_000 + b'"}')
    assert (len(told), told[-1]) == (LONGEST, "…")


def test_an_endless_envelope_is_left_alone() -> None:
    nested: dict[str, object] = {}
    for _ in range(200):
        nested = {"error": nested, "message": "CNPJ"}
    assert said_in(nested) == "CNPJ"
