"""A member -> the contact as the API wants it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from project.models import MemberRecord

Contact = dict[str, Any]

PUSHED = (MemberRecord.Status.ACTIVE, MemberRecord.Status.RETIRED)
"""The statuses of the members whom the API knows."""


def contact(member: MemberRecord) -> Contact:
    """Return what the API is told about the member, and nothing else."""
    return {
        "role": "user",
        "external_id": str(member.member_number),
        "email": member.email,
        "name": f"{member.first_name} {member.last_name}",
        "phone": member.phone,
        "custom_attributes": {
            "status": member.status,
            "facility": member.facility,
            "region": member.region,
        },
    }


def digest(contact: Contact) -> str:
    """Return the same text for the same contact."""
    text = json.dumps(contact, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
