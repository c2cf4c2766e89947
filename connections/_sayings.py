"""The machinery's sentences in other languages than the one they are written in, Brazilian Portuguese.

Keyed by the sentence as it is written where it is raised; `tests/connections/test_sayings.py` finds what is missing.
"""

SAYINGS: dict[str, dict[str, str]] = {
    "es-CL": {
        "a execução foi interrompida; o que falta fica para a próxima": (
            "la ejecución fue interrumpida; lo que falta queda para la próxima"
        ),
        "{system}: limite de chamadas atingido; nada foi gravado ({call})": (
            "{system}: se alcanzó el límite de llamadas; no se grabó nada ({call})"
        ),
        "{system}: sem resposta ({why}, {call})": "{system}: sin respuesta ({why}, {call})",
        "{system}: respondeu {status} ({call})": "{system}: respondió {status} ({call})",
        "{system}: não encontrado ({call})": "{system}: no encontrado ({call})",
        "{system}: recusou a leitura: {words} ({call})": "{system}: rechazó la lectura: {words} ({call})",
        "{system}: recusou a leitura: {words}": "{system}: rechazó la lectura: {words}",
        "{system}: não existe lá ({call})": "{system}: no existe allí ({call})",
        "{system}: o token pessoal foi recusado (status {status}); gere outro no oGestor e informe-o em "
        "personal_token": (
            "{system}: el token personal fue rechazado (estado {status}); genere otro en oGestor e infórmelo en "
            "personal_token"
        ),
        "{system}: sem conexão; nada foi enviado ({call})": "{system}: sin conexión; no se envió nada ({call})",
        "{system}: enviado e sem resposta ({why}, {call})": "{system}: enviado y sin respuesta ({why}, {call})",
        "{system}: {error} ({call})": "{system}: {error} ({call})",
        "{system}: {error} (status {status}, {call})": "{system}: {error} (estado {status}, {call})",
        "respondeu {answered}": "respondió {answered}",
        "{system}: não aceitou agora; nada foi gravado (status {status}, {call})": (
            "{system}: no aceptó ahora; no se grabó nada (estado {status}, {call})"
        ),
        "{system}: respondeu com um redirecionamento, e não se sabe se gravou (status {status}, {call}); "
        "verifique o endereço base": (
            "{system}: respondió con una redirección, y no se sabe si grabó (estado {status}, {call}); "
            "revise la dirección base"
        ),
        "{system}: credencial recusada ou sem permissão (status {status}, {call}); "
        "verifique as chaves e as permissões do usuário da integração": (
            "{system}: credencial rechazada o sin permiso (estado {status}, {call}); "
            "revise las claves y los permisos del usuario de la integración"
        ),
        "{system}: redirecionamento recusado ({call}); verifique o endereço base": (
            "{system}: redirección rechazada ({call}); revise la dirección base"
        ),
        "{system}: resposta maior que {most} bytes": "{system}: respuesta de más de {most} bytes",
        "a resposta não está em UTF-8": "la respuesta no está en UTF-8",
        "a resposta está aninhada demais": "la respuesta tiene demasiados niveles",
        "a resposta não é JSON completo": "la respuesta no es JSON completo",
        "a resposta não é XML completo": "la respuesta no es XML completo",
        "a resposta traz uma declaração de tipo de documento, que não se aceita": (
            "la respuesta trae una declaración de tipo de documento, que no se acepta"
        ),
        "o serviço não tem a operação {operation}": "el servicio no tiene la operación {operation}",
        "{what}: página {number} sem totais": "{what}: página {number} sin totales",
        "a resposta não traz resultado": "la respuesta no trae resultado",
        "a descrição do serviço tem documentos demais": "la descripción del servicio tiene demasiados documentos",
        "a descrição do serviço remete a outro documento": "la descripción del servicio remite a otro documento",
        "falha inesperada ao enviar ({why})": "falla inesperada al enviar ({why})",
        "falha inesperada ao procurar ({why})": "falla inesperada al buscar ({why})",
        "o destino aceitou, sem dizer o que gravou; é procurado lá antes de ser enviado de novo": (
            "el destino aceptó, sin decir qué grabó; se busca allí antes de enviarlo de nuevo"
        ),
        "o destino não respondeu sobre todas as linhas": "el destino no respondió sobre todas las líneas",
        "{system}: outra execução está gravando cadastros; esta os deixa para a próxima": (
            "{system}: otra ejecución está grabando registros; esta los deja para la próxima"
        ),
        "{system}: {failures} falhas seguidas; o resto fica para a próxima execução": (
            "{system}: {failures} fallas seguidas; el resto queda para la próxima ejecución"
        ),
        "{what}: as páginas se contradizem mesmo lidas duas vezes ({lie})": (
            "{what}: las páginas se contradicen aun leídas dos veces ({lie})"
        ),
        "{what}: a lista de registros não veio como lista": "{what}: la lista de registros no vino como lista",
        "{what}: total ilegível ({came})": "{what}: total ilegible ({came})",
        "o campo {field} desapareceu de {table}": "el campo {field} desapareció de {table}",
    }
}
