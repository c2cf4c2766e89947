"""The G5 services that the stand-in of Senior's ERP serves: their operations and fields, as documented or assumed.

Documented by WSDL and XSD that the vendor's servers generate: `gerarlotectb`, `importacaolctctb`, `mfi.cpa.titulos`
(field names, types and order; lengths are in no schema). Known by name only, fields assumed: `processarlotectb`,
`cad.filial`, `planocontacontabil`, `int.vetorh.*`, `ger.db`. Name and fields assumed: `exportacaolctctb`,
`ger.cad.transacao`, `ger.cad.tipotitulo`, the operation `Excluir` of `gerarlotectb`.

Notation: `name` is a string, `name:int` and `name:double` what they say, `name( … )` a grid, that is a repeated
element. The schema lists the fields of a type in ASCII order, whatever the order here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

SERVLET = "sapiens_Synccom_senior_g5_co_"
_TOKEN = re.compile(r"(\w+)(?::(int|double))?(\()?|(\))")
_FLOW = "flowInstanceID flowName"
_CLIENT_FIELDS = "ccbFor codAge codBan"
_PAGE = "indicePagina:int limitePagina:int"
_PAGE_OUT = "erroExecucao mensagemRetorno tipoRetorno:int totalRegistros:int"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a type: a text, a number, or a grid with fields of its own."""

    name: str
    kind: str
    grid: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one version: `Importar_3`."""

    service: str
    name: str
    asked: tuple[Field, ...]
    told: tuple[Field, ...]

    @property
    def type_prefix(self) -> str:
        """`importacaolctctbImportar3`: the last part of the service's id, the operation, its version."""
        return self.service.rsplit("_", 1)[-1] + self.name.replace("_", "")


_LINE = (
    "cgcCpf:double cgcCre:double codEmp:int codFil:int codFor:int codHpd:int cplLct ctaCre:int ctaDeb:int datLct desLot"
    " docLct forCre:int ideUni numFtc:int numLot:int obsCpl oriLct vlrLct:double"
)
_ENTERED = (
    "antDsc cadHfo camposUsuario( campo valor ) ccbFor chvPix codAge codBan codBar codCcu codCrp codCrt codDfs:int"
    " codFav:double codFil:int codFor:int codFpg:int codFpj:int codMoe codMpt codNtg:int codPor codTns codTpt"
    " cotEmi:double cotNeg:double ctaFin:int ctaRed:int datDsc datEmi datEnt datNeg datPpt docIdeFav dscNeg:double"
    " jrsDia:double jrsNeg:double locTit mulNeg:double numPrj:int numTit obsTcp outNeg:double perDsc:int perJrs:int"
    " perMul:int priPgt:int proJrs rateio( codCcu codFpj:int ctaFin:int ctaRed:int numPrj:int obsRat perCta:double"
    " perRat:double vlrCta:double vlrRat:double ) tipJrs tipTcc:int titBan tolDsc:int tolJrs:int tolMul:int tpcPix:int"
    " urlPix vctOri vctPro vlrDsc:double vlrMoe:double vlrOri:double vlrRba:double"
)
_CONSULTED = (
    "abrFpj abrPrj ccbFor cnpjFilial codAge codBan codBar codCcu codCrp codCrt codDfs:int codEmp codFil codFor codFpg"
    " codFpj codInt:int codMoe codMpt codNtg codPor codTns codTpt codTri codUsu corApr cotApr cotEmi ctaApr ctaFin"
    " ctaRed ctrExt datApr datDsc datEmi datEnt datNeg datPpt dscApr empApr encApr fpgApr horApr ideExt:int jrsApr"
    " jrsDia jrsNeg libApr mulApr mulNeg numArb numPrj numTit oacApr obsTcp odeApr outNeg perDsc perJrs perMul pgtApr"
    " porAnt seqApr tipJrs tipTcc titBan tolDsc tolJrs tolMul usuSit vctOri vlrApr vlrDsc vlrOri"
)
_OPEN = (
    "antDsc codCcu codCrt codDfs:int codEmp:int codFil:int codFor:int codFpg:int codFpj:int codFrj codMoe codMpt"
    " codNtg:int codPor codTns codTpt cpgSub ctaFin:int ctaRed:int ctrFre:int ctrNre:int datDsc datEmi datEnt datNeg"
    " datPpt docIdeFav dscNeg:double filCcr:int filCtr:int filNfc:int filNff:int filNfv:int filOcp:int forNfc:int"
    " forNff:int gerTep jrsDia:double jrsNeg:double mulNeg:double numCcr:int numCtr:int numNfc:int numNff:int"
    " numNfv:int numOcp:int numPrj:int numTit obsTcp ocpFre:int ocpNre:int outNeg:double perDsc:int perJrs:int"
    " perMul:int proJrs rateios( abrFpj abrPrj codCcu codFpj:int codTns criRat:int ctaFin:int ctaRed:int datBas mesAno"
    " numPrj:int obsRat perCta:double perRat:double seqMov:int seqRat:int somSub:int tipOri vlrCta:double"
    " vlrRat:double ) seqCgt:int seqImo:int sitTit snfNfc snfNfv tipEfe tipJrs tolDsc:int tolJrs:int tolMul:int ultPgt"
    " vctOri vctPro vlrAbe:double vlrDsc:double vlrOri:double"
)
_OPEN_ASKED = (
    f"codEmp:int codFil:int codFor filCtr:int filNfc:int filNff:int filNfv:int filOcp:int {_FLOW} forNfc:int forNff:int"
    " numCtr:int numNfc:int numNff:int numNfv:int numOcp:int ocpFre:int ocpNre:int retRat seqImo:int snfNfc snfNfv"
    " tipTit vctFim vctIni"
)
_SETTLED = (
    f"agrPre {_CLIENT_FIELDS} cnpjFilial codCcu codEmp codFil codFor codFpg codFpj codTns codTpt cotMcp ctaFin ctaRed"
    " datLib datMov datPgt ideExt:int indAbt indCan numCco numDoc numPdv:int numPrj numTit obsMcp seqChe tipPgt"
    " tipTcc:int tnsCxb vlrCor vlrDsc vlrEnc vlrJrs vlrLiq vlrMov vlrMul vlrOac vlrOde"
)
_LOT_SETTLED = (
    "codFil:int codFor:int codFpg:int codTpt cotPgt:double moeBai:double moeDsc:double moeEnc:double moeJrs:double"
    " moeMul:double moeOac:double numCco numInt numTit obsMcp seqChe vlrBai vlrCor:double vlrDsc:double vlrEnc:double"
    " vlrJrs:double vlrMul:double vlrOac:double vlrOde:double"
)
_MOVEMENT = (
    f"bxaCpt {_CLIENT_FIELDS} codCcu codEmp codFil codFor codFpg codFpj codTns codTpt contratos( ctrExt embExt"
    " idcExt:int ideExt ) cotMcp:double ctaFin ctaRed datLib datMov datPgt filOri:int nomeusuariobaixa numCco numDoc"
    " numPrj numTit obsMcp rateios( codCcu codEmp codFil codFor codFpj codTns codTpt criRat ctaFin ctaRed datAlt datBas"
    " datGer horAlt horGer mesAno numPrj numTit obsRat perCta perRat seqMov seqRat somSub tipOri usuAlt usuGer vlrCta"
    " vlrRat ) seqChe seqInt seqMov sitReg solicitacaoRelacionada( codEmp:int codFil:int codInt ctrExt embExt"
    " filEme:int idcExt:int ideExt:int numCot:int numEme:int numOcp:int numSol:int seqEme:int seqSol:int ) tipBai"
    " tipPgt tipTcc:int tnsCxb vlrCor:double vlrDsc:double vlrEnc:double vlrJrs:double vlrLiq:double vlrMov:double"
    " vlrMul:double vlrOac:double vlrOde:double"
)
_RESULT = "cnpjFilial codEmp:int codFil codFor codTpt ideExt:int msgRet numTit resultado tipRet:int"
_REVERSED = "chvLot codEmp:int codFil:int codFor:int codTpt empReq:int filReq:int ideExt:int numTit seqMov:int"

_DOCUMENTED: dict[str, dict[str, tuple[str, str]]] = {
    "mct_ctb_gerarlotectb": {
        "Gerar": (f"codEmp:int codFil:int datLot desLot {_FLOW} oriLot totLot:double", "erroExecucao numLot:int"),
        "Gerar_2": (
            f"codEmp:int codFil:int datLot desLot {_FLOW} oriLot tipLot totLot:double",
            "erroExecucao numLot:int",
        ),
    },
    "mct_ctb_importacaolctctb": {
        "Importar_3": (
            f"EIgnorarRatAux ELctZer ETipRet {_FLOW} gridLct( auxiliar( codHpd:int cplLct ctaAux:int ctaRed:int docLct"
            f" vlrAux:double ) {_LINE} rateio( codCcu ctaFin:int ctaRed:int perRat:double vlrRat:double ) )",
            f"erroExecucao gridLctResult( {_LINE} linha:int numLct:double resultado )",
        ),
    },
    "mfi_cpa_titulos": {
        "EntradaTitulosLoteCP_2": (
            f"codEmp:int codFil:int entradaTitulos( {_ENTERED} ) {_FLOW} forCli",
            "erroExecucao gridResult( codEmp:int codFil:int codFor:int codTpt numInt numTit txtRet ) resultado",
        ),
        "ExcluirTitulosCP": (
            f"{_FLOW} titulos( codEmp codFil codFor codTpt numTit )",
            "erroExecucao mensagemRetorno resultado( codEmp:int codFil codFor codTpt numTit resultado ) tipoRetorno",
        ),
        "ConsultarTitulosCP_3": (
            f"codEmp codFil codFor dataBuild {_FLOW}",
            f"erroExecucao mensagemRetorno tipoRetorno titulos( {_CONSULTED} )",
        ),
        "ConsultarTitulosAbertosCP_3": (
            _OPEN_ASKED,
            f"erroExecucao mensagemRetorno tipoRetorno titulos( {_OPEN} )",
        ),
        "BaixarTitulosCP": (
            f"baixaTituloPagar( {_SETTLED} ) dataBuild {_FLOW}",
            f"erroExecucao mensagemRetorno resultado( {_RESULT} ) tipoRetorno",
        ),
        "GerarBaixaPorLoteCP_2": (
            f"codEmp:int codFil:int datBai datCxb {_FLOW} gridTitulosBaixar( {_LOT_SETTLED} ) numCco numDoc"
            " tnsBai tnsCxb",
            "erroExecucao gridRetorno( codEmp codFil codFor:int codTpt msgErr numInt numTit ) resultado",
        ),
        "EstornoBaixaTitulosCP_2": (
            f"{_FLOW} sistemaIntegracao titulosPagar( {_REVERSED} )",
            f"erroExecucao mensagemRetorno retorno( {_REVERSED} msgRet tipRet:int ) tipoRetorno:int",
        ),
        "ExportarBaixaTitulosPagarIntegracao_3": (
            f"codEmp:int codFil:int consulta( codFor:int codTpt numTit seqMov tipPen ) {_FLOW} quantidadeRegistros:int"
            " sistemaIntegracao tipoIntegracao",
            f"baixaTituloPagar( {_MOVEMENT} ) erroExecucao finalizaramRegistros gridErros( codEmp:int codFil:int"
            " codFor:int codTpt msgErr numTit ) mensagemRetorno numeroLote:int tipoRetorno:int",
        ),
    },
}
_ASSUMED: dict[str, dict[str, tuple[str, str]]] = {
    "mct_ctb_gerarlotectb": {
        "Excluir": ("codEmp:int codFil:int numLot:int", "erroExecucao mensagemRetorno tipoRetorno:int"),
    },
    "mct_ctb_processarlotectb": {
        "Processar": ("codEmp:int codFil:int numLot:int", "erroExecucao resultado"),
    },
    "mct_ctb_exportacaolctctb": {
        "ExportarLotes": (
            f"codEmp:int datFim datIni {_PAGE}",
            f"{_PAGE_OUT} lotes( codEmp:int codFil:int datLot desLot numLot:int oriLot qtdLct:int sitLot tipLot"
            " totLot:double )",
        ),
        "ExportarLancamentos": (
            f"codEmp:int datFim datIni {_PAGE}",
            f"{_PAGE_OUT} lancamentos( codEmp:int codFil:int codHpd:int cplLct ctaCre:int ctaDeb:int datLct docLct"
            " ideUni numLct:int numLot:int"
            " rateio( codCcu ctaRed:int perRat:double vlrRat:double ) sitLct vlrLct:double )",
        ),
    },
    "cad_filial": {
        "Exportar": (
            _PAGE,
            f"{_PAGE_OUT} filiais( codEmp:int codFil:int ctbExf ctbExi ctbPef ctbPei ctbQdl nomFil pagEev:int pagJmm"
            " pagMoe pagMul pagPdf pagPdi pagTjr )",
        ),
    },
    "mct_ctb_planocontacontabil": {
        "Exportar": (
            _PAGE,
            f"{_PAGE_OUT} contas( anaSin codEmp:int ctaRed:int desCta rateio( codCcu perRat ) sitCta )",
        ),
    },
    "int_vetorh_centrodecustos": {
        "Exportar": (_PAGE, f"{_PAGE_OUT} centros( aceRat anaSin codCcu codEmp:int desCcu )"),
    },
    "int_vetorh_complementohistoricopadrao": {
        "Exportar": (_PAGE, f"{_PAGE_OUT} historicos( codHpd:int desHpd exigeComplemento tipHpd )"),
    },
    "int_vetorh_fornecedores": {
        "Exportar": (
            _PAGE,
            f"{_PAGE_OUT} fornecedores( cgcCpf codFor:int definicoes( codEmp:int codFil:int pagJmm pagMul pagTir perDsc"
            " ) nomFor sitFor )",
        ),
    },
    "int_vetorh_abrangencia": {
        "Exportar": (_PAGE, f"{_PAGE_OUT} usuarios( lanForLim nomUsu vctMenor )"),
    },
    "ger_cad_transacao": {
        "Exportar": (_PAGE, f"{_PAGE_OUT} transacoes( codEmp:int codTns desTns lisMod pagAsh pagDec sitTns )"),
    },
    "ger_cad_tipotitulo": {
        "Exportar": (_PAGE, f"{_PAGE_OUT} tipos( codTpt desTpt pagSom sitTpt )"),
    },
    "ger_db": {
        "GetDBDate": ("", "data erroExecucao"),
    },
}
SERVICES = tuple(sorted({*_DOCUMENTED, *_ASSUMED}))


def is_documented(service: str, operation: str) -> bool:
    """Whether a vendor's own schema of the operation is known."""
    return operation in _DOCUMENTED.get(service, {})


@cache
def operations(service: str) -> dict[str, Operation]:
    """The operations of a service by name, in the order of the vendor's generated WSDL: by name."""
    found = {**_DOCUMENTED.get(service, {}), **_ASSUMED.get(service, {})}
    return {
        name: Operation(service, name, _fields(asked), _fields(told)) for name, (asked, told) in sorted(found.items())
    }


def _fields(notation: str) -> tuple[Field, ...]:
    """The fields that the notation says, in ASCII order."""
    levels: list[list[Field]] = [[]]
    names: list[str] = []
    for name, kind, opens, closes in _TOKEN.findall(notation):
        if closes:
            grid = tuple(sorted(levels.pop(), key=lambda field: field.name))
            levels[-1].append(Field(names.pop(), "grid", grid))
        elif opens:
            names.append(name)
            levels.append([])
        else:
            levels[-1].append(Field(name, kind or "string"))
    return tuple(sorted(levels[0], key=lambda field: field.name))
