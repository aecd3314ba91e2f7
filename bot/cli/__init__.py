"""The command line. Commands are imported when they are called, so that start-up stays fast."""

from cyclopts import App

app = App(name="replydesk", help="The help desk that people run by replying.")
app.command("bot.cli.inspect:inspect")


def main() -> None:
    """Run the command line."""
    app()
