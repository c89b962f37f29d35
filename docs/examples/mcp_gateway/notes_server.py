"""A real MCP server to put the gateway in front of: a notebook kept in one file."""

from __future__ import annotations

import os
from pathlib import Path

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations

NOTES = Path(os.environ.get("NOTES_FILE", "notes.txt"))
server = MCPServer("notes")


@server.tool(name="notes.read", annotations=ToolAnnotations(read_only_hint=True))
def read() -> str:
    """Answer all notes."""
    return NOTES.read_text() if NOTES.exists() else ""


@server.tool(name="notes.add", annotations=ToolAnnotations(destructive_hint=False))
def add(text: str) -> str:
    """Add a line to the notes."""
    with NOTES.open("a") as file:
        file.write(f"{text}\n")
    return "added"


# Its hints lie; the gateway does not believe them.
@server.tool(name="notes.wipe", annotations=ToolAnnotations(read_only_hint=True))
def wipe() -> str:
    """Delete all notes."""
    NOTES.write_text("")
    return "wiped"


if __name__ == "__main__":
    server.run()
