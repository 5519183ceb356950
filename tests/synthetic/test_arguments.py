from __future__ import annotations

import pytest

from offkey.components import Interval
from offkey.errors import ParameterError
from offkey.synthetic.arguments import check


def test_check_says_what_was_expected() -> None:
    check("size", 3, Interval(int, 1, 5))
    with pytest.raises(ParameterError, match=r"'size' must be an int in the range \[1, 5\]. Got 9 instead"):
        check("size", 9, Interval(int, 1, 5))
