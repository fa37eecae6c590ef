"""The routes -> the OpenAPI document of this site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from rest_framework.request import Request
from rest_framework.response import Response

from cronmgmt.api.exact import make_exact
from cronmgmt.api.views import View
from cronmgmt.conf import VERSION, every_setting

INFO = {
    "title": "cronmgmt",
    "version": VERSION,
    "description": "Scheduled jobs: what the pages and commands do, for programs.",
}


class BearerScheme(OpenApiAuthenticationExtension):
    """How the document tells of a key, or a token of the login provider."""

    target_class = "cronmgmt.api.access.BearerLogin"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return where it is sent."""
        about = "An API key, cmk_…, or an access token of the site's login provider."
        return {"type": "http", "scheme": "bearer", "description": about}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the document tells of a session."""

    target_class = "cronmgmt.api.access.SessionLogin"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return which cookie it is; whatever changes something needs a token too."""
        cookie = every_setting().get("SESSION_COOKIE_NAME") or "sessionid"
        return {"type": "apiKey", "in": "cookie", "name": cookie}


def document_of(routes: Callable[[], list[Any]]) -> type[View]:
    """Return the view of a document that tells of these routes."""

    class Document(View):
        """What may be asked here, as programs read it."""

        schema = None

        def get(self, request: Request) -> Response:
            """Answer with the document, its paths as this site has them."""
            here = request.path.rstrip("/").removesuffix("schema")
            # Else enums of one name, such as two kinds of status, get invented ones.
            with patched_settings({"POSTPROCESSING_HOOKS": []}):
                made = SchemaGenerator(patterns=routes()).get_schema(public=True)
            make_exact(made)
            paths = {here + path.lstrip("/"): at for path, at in made["paths"].items()}
            return Response({**made, "info": INFO, "paths": paths})

    return Document
