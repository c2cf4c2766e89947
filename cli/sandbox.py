"""`contrapartida sandbox`: the stand-ins of the vendors, in the foreground."""

import threading
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli import _show
from cli._mistake import Mistake

Size = Literal["small", "medium", "large"]


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="On loopback; 0 takes any free one.")] = 8090,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 7,
    size: Annotated[Size, typer.Option(help="300, 20,000 or 1,000,000 receipts.")] = "small",
    pace: Annotated[float, typer.Option(min=0.001, help="60 makes the vendors' limits sixty times as generous.")] = 1.0,
    journal: Annotated[Path | None, typer.Option(help="Keep what was written in this file, and start from it.")] = None,
) -> int:
    """Serve faithful stand-ins of the vendors' APIs until Ctrl-C.

    What is printed is a settings.toml for a tenant named demo: `contrapartida sandbox > settings.toml` works.
    """
    from cli._rehearsal import as_toml, sections
    from sandbox._serve import serving

    with _show.steps("inventing a world"):
        service = serving(seed=seed, size=size, pace=pace, journal=journal, port=port)
        try:
            url = service.__enter__()
        except OSError as error:
            raise Mistake(f"the sandbox cannot start on port {port}: {error.strerror or error}") from None
    try:
        given = sections(url, pace)
        print(f"# control plane: {url}/_sim/")
        for name, values in given.items():
            print(f"# {name}: {values['base_url']}")
        print(as_toml("demo", given), flush=True)
        _show.err().print("Ctrl-C stops the sandbox.")
        threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    finally:
        service.__exit__(None, None, None)
    return 0
