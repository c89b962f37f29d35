"""What is handed out: the public keys as a document, an archive as a file."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse

from awooop import audit_keys
from awooop.actions.audit_exports import Exported
from awooop.errors import Invalid

KEYS_SCHEMA = "awooop_audit_keys_v1"
# What the API's document says of an operation that answers an archive.
ZIP = {
    "responses": {
        200: {
            "description": "The archive",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


def keys_document() -> dict[str, Any]:
    """Answer the public keys as they are published, the one in use first."""
    return {
        "schema_version": KEYS_SCHEMA,
        "issuer": settings.PUBLIC_URL,
        "keys": [
            {
                "key_id": key.signing_id,
                "fingerprint": key.fingerprint,
                "public_key": base64.b64encode(key.public).decode(),
                "pem": key.public_pem,
                "is_current": key.rank == 0,
            }
            for key in audit_keys.ring()
        ],
    }


def as_file(exported: Exported) -> FileResponse:
    """Answer an archive as a file to be saved."""
    response = FileResponse(
        exported.file, as_attachment=True, filename=exported.name, content_type="application/zip"
    )
    response["Cache-Control"] = "no-store"
    return response


def write_new(path: Path, file: Any) -> None:
    """Write a file that is not there yet; raises Invalid where it is, or cannot be written."""
    try:
        with path.open("xb") as target:
            shutil.copyfileobj(file, target)
    except OSError as error:
        raise Invalid({"out": f"cannot be written: {error}"}) from None
