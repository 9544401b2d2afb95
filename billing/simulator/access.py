"""With what the billing system comes in: a file that only its owner reads, made by `manage.py billing_system`."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Access:
    """`tokens` of the API and `secrets` of webhooks by the branch's code; `key`: what the product says at our door."""

    key: str
    tokens: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Access":
        return cls(**json.loads(path.read_text()))

    def text(self) -> str:
        return json.dumps({"key": self.key, "tokens": self.tokens, "secrets": self.secrets})
