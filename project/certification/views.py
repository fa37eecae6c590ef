"""The public list of mentors."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from project.models import Mentor


@require_GET
def mentors(request: HttpRequest) -> JsonResponse:
    """List the mentors who may help, by name."""
    names = Mentor.objects.public().order_by("name", "pk")
    return JsonResponse({"mentors": list(names.values_list("name", flat=True))})
