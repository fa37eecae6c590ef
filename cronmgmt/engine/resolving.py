"""A handler's name -> the handler: registered in code, or imported with proof."""

from __future__ import annotations

from importlib import import_module

from cronmgmt import registry
from cronmgmt.errors import HandlerRefused, UnknownHandler
from cronmgmt.models import ImportedHandler
from cronmgmt.registry import Handler


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
    return registry.add_handler(name, function)
