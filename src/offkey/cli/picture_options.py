"""Options of the commands that write pictures: format, width on paper and fineness."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.errors import UsageError, check_installed

if TYPE_CHECKING:
    from offkey.pictures import PictureForm

__all__ = ["Dpi", "Format", "Width", "form_of_file", "form_of_files"]

Format = Annotated[
    str | None,
    typer.Option("--format", help="Format of pictures: png, svg or pdf; by default that of the file's ending, or png."),
]
Width = Annotated[
    str | None,
    typer.Option(
        "--width",
        help="Width of pictures on paper, such as 8.8cm, 88mm or 3.46in, with letters of 7 to 8 points; by default "
        "sized for a screen.",
    ),
]
Dpi = Annotated[
    int | None,
    typer.Option(
        "--dpi",
        help="Pixels per inch of a PNG, and of images inside an SVG or PDF; by default 300, or a value for screens.",
    ),
]


def form_of_files(picture_format: str | None, width: str | None, dpi: int | None) -> PictureForm:
    """Return the form of pictures whose names the command chooses; a UsageError if an option is wrong."""
    from offkey.pictures import PictureForm, parse_width

    check_installed("pictures", "A picture", "matplotlib")
    return PictureForm(picture_format or "png", None if width is None else parse_width(width), dpi)


def form_of_file(
    out: Path | None, picture_format: str | None, width: str | None, dpi: int | None
) -> PictureForm | None:
    """Return the form of the picture that `out` names; None if it names no picture; a UsageError if they contradict."""
    from offkey.pictures import FORMATS

    given = {"--format": picture_format, "--width": width, "--dpi": dpi}
    used = [option for option, value in given.items() if value is not None]
    ending = "" if out is None else out.suffix.lower().removeprefix(".")
    if used and out is None:
        raise UsageError(f"The option {used[0]} is for a picture: name its file with --out.")
    if ending not in FORMATS and picture_format is None:
        if used:
            raise UsageError(f"The option {used[0]} is for a picture (.png, .svg or .pdf), but --out names {out}.")
        return None
    if picture_format is not None and ending in {*FORMATS, "html", "json"} - {picture_format}:
        raise UsageError(f"The option --format is {picture_format}, but --out names {out}: leave one of them out.")
    return form_of_files(picture_format or ending, width, dpi)
