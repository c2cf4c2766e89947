"""What Prefect logs of a problem: its one sentence. A traceback is for faults of the software."""

import logging

LOGGERS = ("prefect.task_runs", "prefect.flow_runs")


class _Plain(logging.Filter):
    def __init__(self, expected: tuple[type[BaseException], ...]) -> None:
        super().__init__()
        self._expected = expected

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], self._expected):
            record.exc_info = None
        return True


def without_tracebacks(expected: tuple[type[BaseException], ...]) -> None:
    """Problems of these classes are logged without their traceback from now on."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, _Plain) for each in logger.filters):
            logger.addFilter(_Plain(expected))
