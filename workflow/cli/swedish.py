"""Click in Swedish: its headings, its help option, and what it says of bad usage."""

from typing import Any

import click


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
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class Command(click.Command):
    """A command whose help is Swedish."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option()

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Användning: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [row for parameter in self.get_params(ctx) if (row := parameter.get_help_record(ctx)) is not None]
        with formatter.section("Flaggor"):
            formatter.write_dl(rows)


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


def usage_problem(error: click.ClickException) -> str:
    """One Swedish sentence for what Click could not use, and where help is."""
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
            return f"Flaggan {error.option_name} behöver ett värde."
        case click.UsageError() if error.message.startswith("No such command"):
            return f"Kommandot {_quoted(error.message)} finns inte."
        case click.UsageError() if "unexpected extra argument" in error.message:
            return f"Det blev för många ord på raden: {error.message.partition('(')[2].rstrip(')')}."
        case _:
            return error.message


def _parameter(parameter: Any, otherwise: str) -> str:
    if isinstance(parameter, click.Option):
        return f"Flaggan {parameter.opts[0]}"
    return str(parameter.metavar or otherwise) if parameter is not None else otherwise


def _quoted(message: str) -> str:
    return message.split("'")[1] if "'" in message else message
