"""`contrapartida hooks`: hears what systems send by themselves, and starts the runs that look into it."""

from typing import Annotated

import typer

from cli import _show
from cli._mistake import Mistake


def hooks(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Where to listen.")] = 8095,
    host: Annotated[
        str, typer.Option(help="This machine alone, unless a proxy with TLS stands before it.")
    ] = "127.0.0.1",
) -> int:
    """Listen for webhooks until Ctrl-C: verify the token, store each event once, answer 200, start the deployment.

    An event is a hint: what it says is read from the system itself by the run that it starts. Lost, repeated and
    reordered events make no difference, because scheduled runs read everything anyway.
    """
    import uvicorn

    from cli._hooks import Hooks, address, routes
    from connections._settings import settings_file

    known = routes(settings_file())
    if not known:
        raise Mistake("no tenant has a hook_token; set one, such as [<tenant>.asaas] hook_token = …, and name it there")
    for system, tenant in known:
        _show.out().print(address(f"http://{host}:{port}", system, tenant, known), markup=False)
    _show.err().print("Ctrl-C stops listening.")
    uvicorn.run(Hooks(known).app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
    return 0
