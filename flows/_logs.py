"""What is logged of a problem: its one sentence. A traceback is for faults of the software, and may quote a record."""

import logging

OF_PREFECT = ("prefect.task_runs", "prefect.flow_runs")
# What dlt warns of while a source's problem is on its way up comes with that problem's traceback.
OF_DLT = "dlt"


class _Plain(logging.Filter):
    def __init__(self, expected: tuple[type[BaseException], ...]) -> None:
        super().__init__()
        self._expected = expected

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], self._expected):
            record.exc_info = None
        return True


def without_tracebacks(expected: tuple[type[BaseException], ...]) -> None:
    """From now on Prefect logs problems of these classes without their traceback, and dlt logs none at all."""
    for name in OF_PREFECT:
        _plainly(name, expected)
    _plainly(OF_DLT, (BaseException,))


def _plainly(name: str, expected: tuple[type[BaseException], ...]) -> None:
    logger = logging.getLogger(name)
    if not any(isinstance(each, _Plain) for each in logger.filters):
        logger.addFilter(_Plain(expected))
