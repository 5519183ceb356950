from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from offkey.errors import DataError, MissingExtraError, UsageError
from offkey.features.embedding.hub_files import resolve


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    (made / "config.json").write_text('{"model_type": "ears"}')
    (made / "model.safetensors").write_bytes(b"weights")
    return made


def test_what_is_fetched_is_pinned_with_its_licence_and_found_again_without_the_hub(hub) -> None:
    fetched = hub.resolve("acme/ears")
    path, revision, licence, digest, _ = fetched.split("|")
    assert revision == Path(path).name == hashlib.sha1(b"first", usedforsecurity=False).hexdigest()
    assert licence == "ears-1.0"
    assert {one.name for one in Path(path).iterdir()} == {"config.json", "README.md", "model.safetensors"}
    parts = [
        hashlib.sha256((hub.folder / name).read_bytes()).hexdigest() for name in ("config.json", "model.safetensors")
    ]
    assert digest == hashlib.sha256("".join(parts).encode()).hexdigest()
    hub.asked.clear()
    assert hub.resolve("acme/ears", revision) == fetched
    assert not hub.asked  # a commit that is there is not asked for
    assert hub.resolve("acme/ears", offline=True) == fetched
    hub.server.shutdown()
    hub.server.server_close()
    assert hub.resolve("acme/ears") == fetched


def test_other_weights_are_taken_where_there_are_no_safe_ones(hub) -> None:
    (hub.folder / "model.safetensors").unlink()
    path = Path(hub.resolve("acme/ears").split("|")[0])
    assert (path / "pytorch_model.bin").read_text() == "the same weights again"
    (hub.folder / "pytorch_model.bin").unlink()
    hub.place = hub.place / "afresh"
    hub.place.mkdir()
    assert "The model acme/ears has no weights on the hub: expected *.safetensors or *.bin." in hub.resolve("acme/ears")


def test_without_the_hub_it_is_said_what_to_fetch_and_where_to_put_it(hub) -> None:
    for offline, reason in ((True, "offline by HF_HUB_OFFLINE"), (False, "refused")):
        if not offline:
            hub.server.shutdown()
            hub.server.server_close()
        told = hub.resolve("acme/ears", "v2", offline=offline)
        assert told.startswith(f"OffkeyError The model acme/ears is not in the cache {hub.place / 'cache' / 'hub'} and")
        assert f"cannot be fetched from {hub.address} (" in told
        assert reason in told
        assert "run 'hf download acme/ears --revision v2 --local-dir ears', then copy that folder here and" in told
        assert "use hub:./ears, or copy it into the folder that the environment variable OFFKEY_MODELS names" in told
        assert "\n" not in told


def test_what_the_hub_refuses_is_said(hub) -> None:
    assert "There is no model acme/eyes on the hub, or it is not yours to see." in hub.resolve("acme/eyes")
    assert "The model acme/ears has no revision 'v9' on the hub." in hub.resolve("acme/ears", "v9")
    hub.gated = True
    assert "The model acme/ears is given to those who accept its terms" in hub.resolve("acme/ears")


def test_a_folder_is_a_model_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = resolve(str(folder))
    assert (found.folder, found.revision, found.licence) == (folder, "", "")
    monkeypatch.setenv("OFFKEY_MODELS", str(folder.parent))
    assert resolve("acme/model").folder == folder


@pytest.mark.parametrize("name", ["./nowhere", "a/b/c", "what is this", "~/nowhere"])
def test_a_folder_that_is_not_there_is_not_looked_for_on_the_hub(name: str) -> None:
    with pytest.raises(
        DataError, match=r"There is no folder .*: name one that holds a model, or a model of the hub as"
    ):
        resolve(name)


def test_a_folder_that_is_no_model_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(DataError, match=r"has no weights: expected \*.safetensors or \*.bin"):
        resolve(str(folder))
    (folder / "config.json").write_text("{")
    with pytest.raises(DataError, match=r"config\.json is no JSON file"):
        resolve(str(folder))
    (folder / "config.json").unlink()
    with pytest.raises(DataError, match=r"holds no model: it has no config\.json"):
        resolve(str(folder))


def test_code_of_others_is_not_run_unasked(folder: Path) -> None:
    (folder / "config.json").write_text('{"auto_map": {"AutoModel": "code.Ears"}}')
    with pytest.raises(UsageError, match=r"brings its own code, .* allow it with --trust-remote-code"):
        resolve(str(folder))
    assert resolve(str(folder), with_code=True).folder == folder


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"needs huggingface_hub, .*: pip install 'offkey\[hub\]' brings it"):
        resolve("acme/other-ears")
