"""How the product writes its log: one JSON object a line, or readable text in a terminal.

No personal data: an exception is written as its class, the name of the violated constraint and where it was raised,
never with its message, which may quote what somebody typed.
"""

import logging
import traceback

import structlog

FRAMES = 12


def without_messages(logger, name, event: dict) -> dict:
    """Replace the exception by what cannot hold anybody's data."""
    raised = event.pop("exc_info", None)
    if raised:
        error = raised[1] if isinstance(raised, tuple) else raised
        event["exception"] = list(chain(error))
    return event


def chain(error):
    """Each exception of the chain as `module.Class (constraint)`, with the innermost frames of the last one."""
    while isinstance(error, BaseException):
        yield f"{type(error).__module__}.{type(error).__qualname__}{constraint(error)}"
        yield from (f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def frames(error):
    return traceback.extract_tb(error.__traceback__)[-FRAMES:]


def constraint(error) -> str:
    name = getattr(getattr(error, "diag", None), "constraint_name", None)
    return f" ({name})" if name else ""


class TaskOutcome(logging.Filter):
    """Celery quotes results and exceptions of tasks in its messages: keep the task's name and what became of it."""

    def filter(self, record):
        known = getattr(record, "data", None)
        if isinstance(known, dict):
            record.msg, record.args = "%s %s", (known.get("name"), known.get("description") or "done")
        return True


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_messages,
]


def configure(readable: bool) -> dict:
    """Set structlog up and return Django's LOGGING."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(ensure_ascii=False)
    processors = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": processors,
            }
        },
        "filters": {"outcome": {"()": TaskOutcome}},
        "handlers": {
            "log": {"class": "logging.StreamHandler", "formatter": "structured", "filters": ["outcome"]},
        },
        "root": {"handlers": ["log"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},  # our own line says it, without the address typed in
            "django.security": {"level": "ERROR"},
        },
    }
