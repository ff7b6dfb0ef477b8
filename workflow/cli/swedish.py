"""Click in Swedish: its headings, its help option, its types, and what it says of bad usage."""

import os
import re
from collections.abc import Sequence
from typing import Any

import click

from workflow.cli import render

ARGUMENTS = {
    "ÄRENDE": "Diarienumret, så som det brukar skrivas, till exempel SON-2020-247.",
    "ANNAT": "Det andra ärendets diarienummer.",
    "SAMMANTRÄDE": "Instansen och dagen, till exempel KS-2024-05-14.",
    "INSTANS": "Instansens kod eller namn, till exempel SON.",
    "NR": "Postens nummer, så som arende history visar det.",
}
"""What a word on the line means, for those whose name does not say it all."""

# --- help -----------------------------------------------------------------------------------------


class Formatter(click.HelpFormatter):
    """Help as wide as the terminal, up to what is easy to read."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        # Click asks shutil for the width, which imports three compression libraries with it.
        super().__init__(indent_increment, width or min(_columns(), render.WIDTH), max_width)


def _columns() -> int:
    try:
        return os.get_terminal_size(1).columns or render.WIDTH
    except OSError:
        return render.WIDTH


class Context(click.Context):
    formatter_class = Formatter


def _help_option() -> click.Option:
    return click.Option(
        ["--help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        help="Visa den här hjälpen.",
        callback=_show_help,
    )


def _show_help(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        render.block(ctx.get_help())
        ctx.exit()


class Command(click.Command):
    """A command whose help is Swedish."""

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            # Click leaves out which command it was when a flag lacks its value.
            error.ctx = error.ctx or ctx
            raise

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[FLAGGOR]", *(piece for word in self.get_params(ctx) for piece in word.get_usage_pieces(ctx))]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Användning: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        parameters = self.get_params(ctx)
        words = dict.fromkeys(word for p in parameters if isinstance(p, click.Argument) for word in _words(p))
        told = [(word, ARGUMENTS[word]) for word in words if word in ARGUMENTS]
        if told:
            with formatter.section("Ord på raden"):
                formatter.write_dl(told)
        with formatter.section("Flaggor"):
            formatter.write_dl([row for p in parameters if isinstance(p, click.Option) and (row := _row(p, ctx))])


def _words(argument: click.Argument) -> list[str]:
    return re.findall(r"\w+", argument.metavar or "")


def _row(option: click.Option, ctx: click.Context) -> tuple[str, str] | None:
    """A flag and what it does, without Click's English notes."""
    record = option.get_help_record(ctx)
    return record and (record[0], f"{option.help or ''}{' Krävs.' if option.required else ''}")


class Group(Command, click.Group):
    """A group whose help is Swedish; its commands are Swedish too."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        Command.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Kommandon"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(90)) for name in self.list_commands(ctx)])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[FLAGGOR]", "KOMMANDO …"]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing:
            raise click.UsageError(f"Kommandot {name} finns inte.{_meant(name, self.list_commands(ctx))}", ctx)
        return name if command else None, command, args[1:]


# --- types ----------------------------------------------------------------------------------------


class Choice(click.Choice[str]):
    """One of some codes, in capitals or not."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(codes, case_sensitive=False)

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        return f"{value} finns inte.{_meant(value, list(self.choices))} Välj bland {', '.join(self.choices)}"


def codes(*enums: Any) -> Choice:
    """The codes of enumerations as choices on the command line."""
    return Choice([str(code.value) for enum in enums for code in enum])


class Number(click.ParamType[int]):
    """A whole number from 1 to `most`."""

    name = "tal"

    def __init__(self, most: int = 9999) -> None:
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= self._most):
            self.fail(f"”{value}” är inget tal från 1 till {self._most}", param, ctx)
        return int(text)


class FilePath(click.Path):
    """A file or a folder. Nothing at all is none: a shell's variable without value would be the folder at hand."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        # Imported here: help must not wait for it.
        from pathlib import Path

        if value == "":
            self.fail("inget namn är angivet (mappen du står i heter .)", param, ctx)
        return Path(os.fsdecode(super().convert(value, param, ctx)))


# --- what went wrong ------------------------------------------------------------------------------


def usage_problem(error: click.ClickException) -> str:
    """What Click could not use, in Swedish, and where help is."""
    ctx = getattr(error, "ctx", None)
    where = ctx.command_path if ctx else "arende"
    return f"{_told(error)} Se: {where} --help"


def _told(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            close = f" Menade du {error.possibilities[0]}?" if error.possibilities else ""
            return f"Flaggan {error.option_name} finns inte.{close}"
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else "något"
            return f"{_parameter(error.param, name)} saknas."
        case click.BadParameter():
            name = _parameter(error.param, "värdet")
            return f"{name}: {error.message.rstrip('.')}."
        case click.BadOptionUsage():
            wants = "tar inget värde" if _is_flag(error.ctx, error.option_name) else "behöver ett värde"
            return f"Flaggan {error.option_name} {wants}."
        case click.exceptions.NoArgsIsHelpError():
            return f"Ange vilket kommando: {', '.join(_commands(error.ctx))}."
        case click.UsageError() if "unexpected extra argument" in error.message:
            return f"Det blev för många ord på raden: {error.message.partition('(')[2].rstrip(')')}."
        case _:
            return error.message


def _parameter(parameter: Any, otherwise: str) -> str:
    if isinstance(parameter, click.Option):
        return f"Flaggan {parameter.opts[0]}"
    return str(parameter.metavar or otherwise) if parameter is not None else otherwise


def _is_flag(ctx: click.Context | None, name: str) -> bool:
    options = ctx.command.get_params(ctx) if ctx else []
    return any(isinstance(o, click.Option) and o.is_flag and name in o.opts for o in options)


def _commands(ctx: click.Context) -> list[str]:
    return ctx.command.list_commands(ctx) if isinstance(ctx.command, click.Group) else []


def _meant(text: str, known: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(text, known, 1)
    return f" Menade du {close[0]}?" if close else ""
