from __future__ import annotations

from offkey.cli.numpydoc import read_docstring

DOC = """Return the sum.

    It says more.

    Parameters
    ----------
    a, b : float, default 1
        The numbers,
        on two lines.
    **more
        Others.

    Returns
    -------
    float
        The sum.

    Examples
    --------
    >>> 1 + 1
    2
    """


def test_a_docstring_is_taken_apart() -> None:
    doc = read_docstring(DOC)
    assert (doc.summary, doc.description) == ("Return the sum.", "Return the sum.\n\nIt says more.")
    numbers = ("float, default 1", "The numbers, on two lines.")
    assert doc.entries("Parameters") == [("a", *numbers), ("b", *numbers), ("**more", "", "Others.")]
    assert doc.entries("Returns") == [("float", "", "The sum.")]
    assert doc.entries("Raises") == []
    assert doc["Examples"] == ">>> 1 + 1\n2"


def test_an_example_without_a_title_is_one_too() -> None:
    doc = read_docstring("A module.\n\n>>> 1 + 1\n2\n")
    assert (doc.description, doc["Examples"]) == ("A module.", ">>> 1 + 1\n2")
    assert read_docstring(None).summary == ""
