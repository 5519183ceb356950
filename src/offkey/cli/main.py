"""The program ``offkey``, and its handling of errors and interruptions.

Hardly anything is imported before `main` is called, so that Ctrl-C finds it ready almost from the start.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # type checkers see through it; typing itself would take as long as all else here
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_INTERRUPTED = 130
_MOST_SHOWN = 200  # characters of a path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit status.

    0 all done; 3 done, but some inputs failed; 1 failed; 2 wrong usage; 130 interrupted.
    """
    try:
        from offkey.cli.streams import standard_streams

        if arguments is None:
            sys.unraisablehook = _unraisable
        with standard_streams():
            status = _run(arguments)
    except KeyboardInterrupt:  # where no command runs yet, or one more while the first is answered
        _say_interrupted()
        status = _INTERRUPTED
    if arguments is None:
        _leave_at_once_from_now_on()
    return status


def _run(arguments: Sequence[str] | None) -> int:
    from offkey.cli.console import say_problem
    from offkey.cli.streams import abandon_output
    from offkey.errors import OffkeyError, UsageError

    try:
        try:
            from offkey.cli.app import app
            from offkey.cli.options import check_not_empty

            given = sys.argv[1:] if arguments is None else list(arguments)
            check_not_empty(given)
            app(args=given, prog_name="offkey")
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stdout.flush()
    except UsageError as error:
        say_problem(str(error))
        return 2
    except OffkeyError as error:
        say_problem(str(error))
        return 1
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        abandon_output()
        return 1
    except OSError as error:  # a path that no file can have, or a folder that may not be entered
        say_problem(_in_a_sentence(error))
        return 1
    if status == _INTERRUPTED:  # what typer makes of Ctrl-C
        _say_interrupted()
    return status


def _in_a_sentence(error: OSError) -> str:
    """Say what the system refused, and of which path."""
    place = "" if error.filename is None else os.fsdecode(error.filename)
    shown = f"{place[:_MOST_SHOWN]}..." if len(place) > _MOST_SHOWN else place
    return f"{shown or 'A file'} cannot be used: {error.strerror or error}."


def _say_interrupted() -> None:
    from offkey.cli.console import say_problem

    say_problem("Interrupted; nothing was left half-written.")


def _unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """End the program where Ctrl-C falls into a place that cannot pass it on, such as a destructor."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _say_interrupted()
        os._exit(_INTERRUPTED)
    sys.__unraisablehook__(unraisable)


def _leave_at_once_from_now_on() -> None:
    """Let Ctrl-C end the program without a word, now that all is written and only the interpreter tidies up."""
    import signal
    import threading

    ours = threading.current_thread() is threading.main_thread()
    if ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
