"""Archives that a stranger can verify: files, their signed manifest, the script to check it."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from awooop import audit_keys
from awooop.callers import Caller
from awooop.canonical import canonical_json, rfc3339
from awooop.clock import now

SCHEMA = "awooop_archive_v1"
_OFFLINE = Path(__file__).parent / "offline"
_IN_MEMORY = 8 * 1024 * 1024


class Part:
    """One file of an archive, written piece by piece; its digest is known at the end."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `add`
        self._sha256 = hashlib.sha256()
        self.size = 0

    def write(self, text: str) -> int:
        """Append text."""
        data = text.encode()
        self._file.write(data)
        self._sha256.update(data)
        self.size += len(data)
        return len(text)

    def move_to(self, target: IO[bytes]) -> dict[str, Any]:
        """Copy it to where it belongs; answers what the manifest says of it."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, target)
        self._file.close()
        return {"sha256": self._sha256.hexdigest(), "bytes": self.size}


class Archive:
    """A zip under construction, in a temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on by `finish`
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        self._files: dict[str, Any] = {}
        self._at = now()

    def add_text(self, name: str, text: str) -> None:
        """Add a file that is at hand."""
        part = Part()
        part.write(text)
        self.add(name, part)

    def add_rows(self, name: str, rows: Iterable[Any]) -> int:
        """Add rows as a JSON array, one a line; answers how many."""
        part, count = Part(), 0
        part.write("[")
        for row in rows:
            part.write(("\n" if count == 0 else ",\n") + canonical_json(row))
            count += 1
        part.write("\n]\n" if count else "]\n")
        self.add(name, part)
        return count

    def add(self, name: str, part: Part) -> None:
        """Add a file written piece by piece; raises ValueError for a second of the name."""
        if name in self._files:
            raise ValueError(f"{name} is in the archive already")
        with self._zip.open(self._info(name), "w") as target:
            self._files[name] = part.move_to(target)

    def finish(self, *, by: Caller, manifest: dict[str, Any]) -> IO[bytes]:
        """Add the script, its words and the signed manifest; answers the file, at its start."""
        for name in ("README.md", "verify.py"):
            self.add_text(name, (_OFFLINE / name).read_text(encoding="utf-8"))
        key = audit_keys.current()
        self.add_text("public_key.pem", key.public_pem)
        whole = {
            "schema_version": SCHEMA,
            **manifest,
            "issuer": settings.PUBLIC_URL,
            "made_at": rfc3339(self._at),
            "made_by": by.label,
            "key_id": key.signing_id,
            "public_key": base64.b64encode(key.public).decode(),
            "public_keys": public_keys(),
            "files": dict(sorted(self._files.items())),
        }
        text = canonical_json(whole) + "\n"
        self.add_text("manifest.json", text)
        self.add_text("manifest.sig", key.sign(text.encode()) + "\n")
        self._zip.close()
        self._file.seek(0)
        return self._file

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, date_time=self._at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info


def public_keys() -> dict[str, str]:
    """Answer the public keys, in base64, by their short names."""
    return {key.signing_id: base64.b64encode(key.public).decode() for key in audit_keys.ring()}
