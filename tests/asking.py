"""Another system that asks the API."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from clinic.api import tokens
from clinic.models import Site, User
from clinic.policy import Role


class Asker:
    """Another system, with one token; an answer has its JSON, where it has any, in `told`."""

    def __init__(self, user: User, role: Role, at: Site) -> None:
        self.token, self.secret = tokens.issue(user=user, role=role, site=at, name="Lab", days=30)
        self.client = Client()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        headers = {"Authorization": f"Token {self.secret}", **headers}
        answer = self.client.generic(
            method, f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json", headers=headers
        )
        is_json = answer.headers.get("Content-Type", "").endswith("json")
        answer.told = json.loads(answer.content) if is_json else None  # type: ignore[attr-defined]
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **{name.replace("_", "-"): value for name, value in headers.items()})
