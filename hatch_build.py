"""Tells hatchling what the extras are. `sandbox` is the distribution in `sandbox/`, by its place in this checkout.

It is not on any index. What is built for a release, with BACKUP_WHY_RELEASE set, asks for it by name and version
instead, so that the wheel holds no path of the machine that built it. See docs/decisions/two-distributions.md.
"""

import os
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

MCP = ["mcp>=2.3,<3"]
"""The SDK of the Model Context Protocol, for `backup-why mcp`."""


class Extras(MetadataHookInterface):
    """Fills in `optional-dependencies`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Adds the extras to the project's metadata."""
        sandbox = Path(self.root, "sandbox")
        is_here = sandbox.is_dir() and not os.environ.get("BACKUP_WHY_RELEASE")
        where = f" @ {sandbox.as_uri()}" if is_here else f"=={metadata['version']}"
        metadata["optional-dependencies"] = {"mcp": MCP, "sandbox": [f"backup-why-sandbox{where}"]}
