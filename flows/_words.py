"""What finance reads around the figures, by language."""

from collections.abc import Mapping
from dataclasses import dataclass

POSTING = ("created", "updated", "settled", "cancelled")
WAITING = ("held_back", "rejected", "unknown", "not_sent", "drift", "notice")
"""What somebody, or the next run, has something to do with."""


@dataclass(frozen=True)
class Words:
    """The words of one language. `outcomes` are in the order in which the bridge goes through them."""

    outcomes: Mapping[str, str]
    states: Mapping[str, str]
    held_back: str
    not_sent: str
    advice: Mapping[str, str]
    repair: Mapping[str, str]
    ask_the_maintainers: str
    difference: str
    closes: str
    what_to_do: str
    nothing_to_do: str
    rehearsal: str
    stopped: str
    already_posted: str
    nothing_posted: str
    and_more: str
    footer: str
    reads: str
    writes: str
    no_calls: str
    columns: Mapping[str, str]
    documents: str
    largest: str
    artifacts: Mapping[str, str]
    nothing_read: str

    def counted(self, total: Mapping[str, int]) -> str:
        """How many documents became what, as far as there are any, in the order of `total`."""
        told = (f"{count} {self.outcomes[name].lower()}" for name, count in total.items() if count)
        return ", ".join(told) or self.nothing_read


PORTUGUESE = Words(
    outcomes={
        "read": "Lidos",
        "created": "Lançados",
        "updated": "Alterados",
        "settled": "Baixados",
        "cancelled": "Cancelados",
        "linked": "Já estavam no destino",
        "unchanged": "Sem mudança",
        "held_back": "Retidos",
        "rejected": "Recusados pelo destino",
        "unknown": "Sem resposta do destino",
        "not_sent": "Não enviados",
        "ignored": "Fora do escopo",
        "changed_since": "Mudou na origem depois de lançado",
        "drift": "Alterados à mão no destino",
        "notice": "Avisos sobre o que está lançado",
    },
    states={
        "Posted": "Lançado",
        "Nothing to post": "Nada a lançar",
        "Planned": "Simulado",
        "Rejected": "Recusado pelo destino",
        "Unknown outcome": "Sem resposta do destino",
        "Awaiting approval": "Aguardando aprovação",
        "Credential refused": "Credencial recusada",
        "Reconnect needed": "É preciso autorizar de novo",
        "Unreadable answer": "Resposta ilegível",
        "Unavailable": "Sistema indisponível",
        "Misconfigured": "Configuração incompleta",
        "Rules not judged": "Regras não avaliadas",
        "Plan contradicts itself": "Plano contraditório",
        "Bridge does not close": "A conta não fecha",
        "Disk trouble": "Problema no disco",
        "Replaced by a newer run": "Substituída por outra execução",
        "Failed": "Falha do programa",
    },
    held_back="{state}, com retidos",
    not_sent="{state}, com não enviados",
    advice={
        "held_back": "corrija o motivo; cada execução avalia de novo",
        "rejected": "corrija na origem; ou corrija o cadastro do destino e peça o reenvio (contrapartida retry)",
        "unknown": "nada a fazer agora; a próxima execução procura no destino antes de reenviar",
        "not_sent": "nada a fazer; a próxima execução envia",
        "drift": "desfaça no destino ou ajuste na origem; nada foi sobrescrito",
        "notice": "confira se o lançamento precisa de ajuste à mão no destino; nada é enviado de novo",
    },
    repair={
        "Credential refused": "Verifique as chaves e as permissões do usuário da integração e execute de novo.",
        "Reconnect needed": "Autorize a integração de novo no sistema e execute outra vez.",
        "Unreadable answer": "Nada foi lançado a partir desta leitura. Se acontecer de novo, fale com o fornecedor do "
        "sistema: a resposta dele se contradiz ou mudou.",
        "Unavailable": "Nada: a próxima execução tenta de novo.",
        "Misconfigured": "Complete a configuração indicada e execute de novo.",
        "Disk trouble": "Verifique o espaço e as permissões da pasta de dados e execute de novo.",
        "Replaced by a newer run": "Nada: a execução mais nova continua o trabalho.",
    },
    ask_the_maintainers="Nada foi perdido. Avise quem mantém a integração, com o número da execução.",
    difference="Diferença",
    closes="A diferença é o que foi lido menos o que aconteceu com cada documento.",
    what_to_do="O que fazer",
    nothing_to_do="Nada: tudo foi tratado.",
    rehearsal="Simulação: nada foi enviado.",
    stopped="A execução parou: {message}",
    already_posted="Antes de parar, {count} documentos foram lançados; a próxima execução continua de onde esta parou.",
    nothing_posted="Nada foi lançado.",
    and_more="e mais {count} motivos: a lista completa está em `{artifact}`",
    footer="Chamadas: {calls}. Execução `{run}`; a história de cada documento está em `published.duckdb`.",
    reads="{count} leituras",
    writes="{count} gravações",
    no_calls="nenhuma",
    columns={
        "document": "documento",
        "amount": "valor",
        "because": "motivo",
        "label": "descrição",
        "kind": "tipo",
        "outcome": "situação",
        "last_written": "último lançado",
        "in_target": "no destino",
        "wanted": "na origem",
    },
    documents="{count} documentos",
    largest="{count} documentos, aqui os {most} maiores; todos em published.duckdb: {query}",
    artifacts={"summary": "resumo", "held_back": "retidos", "drift": "alterados"},
    nothing_read="nada lido",
)

SPANISH = Words(
    outcomes={
        "read": "Leídos",
        "created": "Contabilizados",
        "updated": "Modificados",
        "settled": "Pagados",
        "cancelled": "Anulados",
        "linked": "Ya estaban en el destino",
        "unchanged": "Sin cambios",
        "held_back": "Retenidos",
        "rejected": "Rechazados por el destino",
        "unknown": "Sin respuesta del destino",
        "not_sent": "No enviados",
        "ignored": "Fuera del alcance",
        "changed_since": "Cambió en el origen después de contabilizado",
        "drift": "Modificados a mano en el destino",
        "notice": "Avisos sobre lo contabilizado",
    },
    states={
        "Posted": "Contabilizado",
        "Nothing to post": "Nada que contabilizar",
        "Planned": "Simulado",
        "Rejected": "Rechazado por el destino",
        "Unknown outcome": "Sin respuesta del destino",
        "Awaiting approval": "Esperando aprobación",
        "Credential refused": "Credencial rechazada",
        "Reconnect needed": "Hay que autorizar de nuevo",
        "Unreadable answer": "Respuesta ilegible",
        "Unavailable": "Sistema no disponible",
        "Misconfigured": "Configuración incompleta",
        "Rules not judged": "Reglas sin evaluar",
        "Plan contradicts itself": "Plan contradictorio",
        "Bridge does not close": "La cuenta no cuadra",
        "Disk trouble": "Problema en el disco",
        "Replaced by a newer run": "Reemplazada por otra ejecución",
        "Failed": "Falla del programa",
    },
    held_back="{state}, con retenidos",
    not_sent="{state}, con no enviados",
    advice={
        "held_back": "corrija el motivo; cada ejecución evalúa de nuevo",
        "rejected": "corrija en el origen; o corrija los registros del destino y pida el reenvío (contrapartida retry)",
        "unknown": "nada que hacer ahora; la próxima ejecución busca en el destino antes de reenviar",
        "not_sent": "nada que hacer; la próxima ejecución lo envía",
        "drift": "deshaga en el destino o ajuste en el origen; nada fue sobrescrito",
        "notice": "revise si lo contabilizado necesita un ajuste a mano en el destino; nada se envía de nuevo",
    },
    repair={
        "Credential refused": "Revise las claves y los permisos del usuario de la integración y ejecute de nuevo.",
        "Reconnect needed": "Autorice la integración de nuevo en el sistema y ejecute otra vez.",
        "Unreadable answer": "Nada se contabilizó a partir de esta lectura. Si vuelve a ocurrir, hable con el "
        "proveedor del sistema: su respuesta se contradice o cambió.",
        "Unavailable": "Nada: la próxima ejecución lo intenta de nuevo.",
        "Misconfigured": "Complete la configuración indicada y ejecute de nuevo.",
        "Disk trouble": "Revise el espacio y los permisos de la carpeta de datos y ejecute de nuevo.",
        "Replaced by a newer run": "Nada: la ejecución más nueva continúa el trabajo.",
    },
    ask_the_maintainers="Nada se perdió. Avise a quien mantiene la integración, con el número de la ejecución.",
    difference="Diferencia",
    closes="La diferencia es lo leído menos lo que ocurrió con cada documento.",
    what_to_do="Qué hacer",
    nothing_to_do="Nada: todo fue tratado.",
    rehearsal="Simulación: no se envió nada.",
    stopped="La ejecución se detuvo: {message}",
    already_posted="Antes de detenerse contabilizó {count} documentos; la próxima ejecución sigue donde esta quedó.",
    nothing_posted="No se contabilizó nada.",
    and_more="y {count} motivos más: la lista completa está en `{artifact}`",
    footer="Llamadas: {calls}. Ejecución `{run}`; la historia de cada documento está en `published.duckdb`.",
    reads="{count} lecturas",
    writes="{count} grabaciones",
    no_calls="ninguna",
    columns={
        "document": "documento",
        "amount": "monto",
        "because": "motivo",
        "label": "descripción",
        "kind": "tipo",
        "outcome": "situación",
        "last_written": "último contabilizado",
        "in_target": "en el destino",
        "wanted": "en el origen",
    },
    documents="{count} documentos",
    largest="{count} documentos, aquí los {most} mayores; todos en published.duckdb: {query}",
    artifacts={"summary": "resumen", "held_back": "retenidos", "drift": "modificados"},
    nothing_read="nada leído",
)

WORDS = {"pt-BR": PORTUGUESE, "es-CL": SPANISH}
