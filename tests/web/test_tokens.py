"""Tokens in a file: who comes in, with which scope, and what a damaged or open file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.web.tokens import Scope, Tokens, Visitor


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens.make(tmp_path / "tokens.txt")


def test_a_token_is_found_with_its_name_and_scope(tokens: Tokens) -> None:
    token = tokens.add("anna", Scope.review)
    tokens.add("node-red", Scope.read)
    assert tokens.find(token) == Visitor("anna", Scope.review)
    assert tokens.find(token + "x") is None
    assert tokens.find("") is None


def test_the_file_holds_no_token_and_only_its_owner_reads_it(tokens: Tokens) -> None:
    token = tokens.add("anna", Scope.admin)
    assert token not in tokens.path.read_text()
    assert tokens.path.stat().st_mode & 0o777 == 0o600


def test_a_removed_token_counts_no_more_for_a_server_that_runs(tokens: Tokens) -> None:
    token = tokens.add("anna", Scope.read)
    serving = Tokens(tokens.path)
    assert serving.find(token) is not None
    tokens.remove("anna")
    assert serving.find(token) is None


def test_a_file_that_others_may_read_is_refused(tokens: Tokens) -> None:
    tokens.path.chmod(0o640)
    with pytest.raises(UsageError, match=r"Others may read .*chmod 600"):
        Tokens(tokens.path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("anna read", "line 2: a token is a name, a scope and a SHA-256"),
        (f"anna owner {'0' * 64}", "line 2: the scope is one of read, review, admin, not 'owner'"),
        (f"anna none {'0' * 64}", "line 2: the scope is one of"),
        (f"../x read {'0' * 64}", "line 2: a token is a name"),
        ("anna read deadbeef", "line 2: a token is a name"),
    ],
)
def test_a_damaged_line_is_named(tokens: Tokens, line: str, message: str) -> None:
    tokens.path.write_text(f"# tokens\n{line}\n")
    with pytest.raises(UsageError, match=message):
        Tokens(tokens.path)


def test_a_file_that_is_not_there_or_no_text_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        Tokens(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="cannot be made"):
        Tokens.make(tmp_path / "none" / "tokens.txt")
    odd = tmp_path / "odd.txt"
    odd.write_bytes(b"\xff\xfe")
    odd.chmod(0o600)
    with pytest.raises(UsageError, match="no text in UTF-8"):
        Tokens(odd)


@pytest.mark.parametrize("name", ["", "a b", "-x", "x" * 65, "a\nb"])
def test_a_name_that_would_break_a_line_is_refused(tokens: Tokens, name: str) -> None:
    with pytest.raises(UsageError, match="The name of a token"):
        tokens.add(name, Scope.read)


def test_a_name_is_used_once_and_an_unknown_one_cannot_be_removed(tokens: Tokens) -> None:
    tokens.add("anna", Scope.read)
    with pytest.raises(UsageError, match="already"):
        tokens.add("anna", Scope.read)
    with pytest.raises(UsageError, match=r"no token 'ben' .* but anna"):
        tokens.remove("ben")
