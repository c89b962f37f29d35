"""The page of the terminal commands: what `manage.py COMMAND --help` says."""

from __future__ import annotations

import argparse

from django.core.management import get_commands, load_command_class

from scripts.docs.markdown import code, table

ROOMS = ("awooop", "governance", "runs", "knowledge")
# What Django gives every command.
_EVERYWHERE = {
    "--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback",
    "--no-color", "--force-color", "--skip-checks",
}  # fmt: skip
INTRODUCTION = """# Commands

`.venv/bin/python manage.py COMMAND`. Each ends with 0 when all went well. `--json`, where there is
one, says the same for machines. Django's own commands (`migrate`, `changepassword`, `shell`, …) are
there too.

"""


def page() -> str:
    """Answer the page."""
    ours = sorted(name for name, room in get_commands().items() if room in ROOMS)
    return INTRODUCTION + "\n".join(_command(name) for name in ours)


def _command(name: str) -> str:
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    text = f"## {name}\n\n{parser.description or ''}\n"
    return text + _arguments(parser) + "".join(_actions(name, parser))


def _actions(name: str, parser: argparse.ArgumentParser) -> list[str]:
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for word, below in action.choices.items():
                found.append(f"\n### {name} {word}\n\n{helps.get(word, '')}\n{_arguments(below)}")
    return found


def _arguments(parser: argparse.ArgumentParser) -> str:
    rows = [
        (_named(action), action.help or "")
        for action in parser._actions
        if not (set(action.option_strings) & _EVERYWHERE)
        and not isinstance(action, argparse._SubParsersAction)
    ]
    return "\n" + table(["argument", "meaning"], rows) if rows else ""


def _named(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.choices:
        value = ",".join(map(str, action.choices))
    if not action.option_strings:
        return code(value)
    names = ", ".join(action.option_strings)
    return code(names if action.nargs == 0 else f"{names} {value}")
