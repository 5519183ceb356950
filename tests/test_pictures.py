from __future__ import annotations

import io
import re

import numpy as np
import pytest
from matplotlib import rcParams
from PIL import Image

from offkey.errors import ParameterError
from offkey.pictures import COLOURS, FORMATS, SCREEN, PictureForm, diverging, fonts, new_figure, parse_width
from offkey.pictures import picture_bytes as saved


def _content(form: PictureForm) -> bytes:
    with fonts(form):
        figure = new_figure(form.width_in or 6, 2)
        panel = figure.subplots()
        panel.plot([0, 1], label="a line")
        panel.legend()
        return saved(figure, form)


@pytest.mark.parametrize(("text", "cm"), [("8.8cm", 8.8), ("88 mm", 8.8), ("3.5in", 8.89), (" 18cm ", 18.0)])
def test_a_width_is_read_in_each_unit(text: str, cm: float) -> None:
    assert parse_width(text) == pytest.approx(cm)


@pytest.mark.parametrize("text", ["8.8", "wide", "-3cm", "8,8cm", "", "1e1cm", "8.8px"])
def test_a_width_without_a_unit_is_none(text: str) -> None:
    with pytest.raises(ParameterError, match=r"between 5cm and 60cm, such as 8.8cm, 88mm or 3.46in. Got '"):
        parse_width(text)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"format": "jpg"}, "must be png, svg, pdf. Got 'jpg'"),
        ({"width_cm": 4.9}, "between 5cm and 60cm.* Got 4.9cm"),
        ({"width_cm": 61.0}, "Got 61cm"),
        ({"width_cm": float("nan")}, "Got nancm"),
        ({"dpi": 10}, "between 50 and 1200. Got 10"),
        ({"dpi": 5000}, "Got 5000"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(values, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        PictureForm(**values)


@pytest.mark.parametrize("name", FORMATS)
def test_equal_figures_give_equal_bytes(name: str) -> None:
    form = PictureForm(name, 8.8)
    assert _content(form) == _content(form)


def test_a_picture_has_the_width_that_was_asked_for() -> None:
    png = Image.open(io.BytesIO(_content(PictureForm("png", 8.8))))
    assert png.width == int(8.8 / 2.54 * 300)
    assert png.info["dpi"][0] == pytest.approx(300, abs=1)
    assert Image.open(io.BytesIO(_content(PictureForm("png", 8.8, 600)))).width == int(8.8 / 2.54 * 600)
    svg = re.search(rb'width="([\d.]+)pt"', _content(PictureForm("svg", 8.8)))
    pdf = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ", _content(PictureForm("pdf", 8.8)))
    assert svg is not None
    assert pdf is not None
    assert [float(found[1]) for found in (svg, pdf)] == pytest.approx([8.8 / 2.54 * 72] * 2, abs=0.01)


def test_letters_of_a_pdf_stay_text_and_no_date_is_told() -> None:
    pdf = _content(PictureForm("pdf", 8.8))
    assert b"/Type3" not in pdf
    assert b"/TrueType" in pdf or b"/CIDFontType2" in pdf
    assert b"CreationDate" not in pdf
    assert b"<dc:date>" not in _content(PictureForm("svg"))


def test_the_letters_of_print_stay_inside_their_block() -> None:
    before = rcParams["font.size"]
    with fonts(SCREEN):
        assert rcParams["font.size"] == before
    with fonts(PictureForm(width_cm=8.8)):
        assert rcParams["font.size"] == 8
    assert rcParams["font.size"] == before


def _lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE L* of colours in sRGB, shape (n, 3)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return 116 * np.cbrt(y) - 16


def _as_deuteranopes_see(rgb: np.ndarray) -> np.ndarray:
    """Machado et al. 2009, severity 1.0."""
    matrix = np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    )
    return np.clip(rgb @ matrix.T, 0, 1)


def test_the_colour_blind_can_read_the_map_of_deviations() -> None:
    colours = diverging()(np.linspace(0, 1, 41))[:, :3]
    for seen in (colours, _as_deuteranopes_see(colours)):
        lightness = _lightness(seen)
        assert (np.diff(lightness[:21]) > 0).all()  # lighter up to the middle, then darker
        assert (np.diff(lightness[20:]) < 0).all()
        assert abs(lightness[0] - lightness[-1]) < 15  # neither end looks stronger
        assert np.abs(seen[0] - seen[-1]).max() > 0.35  # and they are not alike
    assert len(set(COLOURS)) == 8
