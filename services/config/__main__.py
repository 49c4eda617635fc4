"""Write config/config.schema.json anew from the model: ``python -m services.config``."""

from __future__ import annotations

import json
from pathlib import Path

from services.config import json_schema

if __name__ == "__main__":
    Path("config/config.schema.json").write_text(json.dumps(json_schema(), indent=2) + "\n", encoding="utf-8")
