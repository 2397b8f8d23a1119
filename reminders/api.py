"""What this room shows to other systems."""

from __future__ import annotations

from clinic.api.declaring import Collection

COLLECTIONS: tuple[Collection, ...] = ()
