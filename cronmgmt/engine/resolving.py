"""A handler's name -> the handler: registered in code, or imported with proof."""

from __future__ import annotations

import logging
from importlib import import_module

from django.db import IntegrityError, transaction

from cronmgmt import registry
from cronmgmt.engine.transactions import after_commit
from cronmgmt.errors import HandlerRefused, UnknownHandler
from cronmgmt.models import ImportedHandler, database
from cronmgmt.registry import Handler

logger = logging.getLogger("cronmgmt.engine")


def resolve(name: str) -> Handler:
    """Return the handler of that name.

    One that ``register_job`` was handed as a function is imported here, if its row is
    signed by this site. Raises UnknownHandler or HandlerRefused.
    """
    if registry.is_registered(name):
        return registry.find(name)
    row = ImportedHandler.objects.filter(name=name).first()
    if row is None:
        return registry.find(name)  # Raises, with the nearest name.
    if not row.is_genuine:
        raise HandlerRefused(
            f"The path of handler {name} is not signed by this site's code: register "
            "the job again with register_job."
        )
    module, _, attribute = row.path.partition(":")
    try:
        function = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise UnknownHandler(
            f"Handler {name} cannot be imported from {row.path}: {error}"
        ) from error
    if registry.is_registered(name):
        return registry.find(name)  # By its module itself, as it was imported.
    return registry.add_handler(name, function)


_remembered: set[str] = set()
"""Names whose paths are known to be written."""


def remember(name: str, path: str) -> None:
    """Tell the workers of all hosts where to import a handler from: ``module:name``."""
    row = ImportedHandler.objects.filter(name=name).first()
    row = row or ImportedHandler(name=name)
    row.path = path
    row.sign()
    row.save()


def remember_once(name: str, path: str) -> None:
    """Do so unless it is written already; asked again and again it costs nothing."""
    if name in _remembered:
        return
    row = ImportedHandler.objects.filter(name=name).first()
    if row is None or row.path != path or not row.is_genuine:
        try:
            with transaction.atomic(using=database()):
                remember(name, path)
        except IntegrityError:
            logger.debug("Another process was faster to remember %s", name)
    # Not before: what is rolled back was never written.
    after_commit(lambda: _remembered.add(name))
