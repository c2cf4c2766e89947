"""How stories speak of Senior's ERP: batches, entries, effects, titles, their deletion, settlements and reversals."""

from tests._systems import System

TITLES = "mfi_cpa_titulos"

SYSTEM = System(
    people_and_money=("lote", "lancamento", "titulo", "baixa"),
    nouns={
        "mct_ctb_gerarlotectb.Gerar_2": ("batch", "desLot"),
        "mct_ctb_gerarlotectb.Excluir": ("batch", "numLot"),
        "mct_ctb_importacaolctctb.Importar_3": ("entry", "ideUni"),
        "mct_ctb_processarlotectb.Processar": ("batch", "numLot"),
        f"{TITLES}.EntradaTitulosLoteCP_2": ("title", "numTit"),
        f"{TITLES}.ExcluirTitulosCP": ("title", "numTit"),
        f"{TITLES}.GerarBaixaPorLoteCP_2": ("movement", "numInt"),
        f"{TITLES}.EstornoBaixaTitulosCP_2": ("movement", "numTit"),
    },
    untold=frozenset({"numLot"}),
)
