from __future__ import annotations

import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from offkey.errors import OffkeyError, ParameterError
from offkey.learned.curve import draw_learning_curve
from offkey.learned.network.layers import batch_norm, dense, dropout, relu
from offkey.learned.torch_extra import pick_device
from offkey.learned.training import ArrayBatches, History, TrainingOptions, seeded, train
from offkey.learned.training.checkpoint import read_checkpoint, write_checkpoint
from offkey.learned.training.monitor import Monitor, monitored

torch = pytest.importorskip("torch", reason="torch is not installed")

X = np.random.default_rng(0).standard_normal((97, 6)).astype(np.float32)
Y = (X @ np.arange(6, dtype=np.float32) + 0.5)[:, None]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _module(seed: int = 0) -> object:
    from offkey.learned.network.torch_module import build

    with seeded(seed):
        return build([dense(6, 32), batch_norm(32), relu(), dropout(0.1), dense(32, 1)])


def _loss(module: object, batch: tuple) -> object:
    x, y = batch
    return torch.nn.functional.mse_loss(module(x), y)  # type: ignore[operator]


def _train(module: object, **changes: object) -> History:
    batches = ArrayBatches((X[:80], Y[:80]), 16)
    held_out = ArrayBatches((X[80:], Y[80:]), 16, shuffle=False)
    kept = {key: changes.pop(key) for key in ("checkpoint", "signature", "advance") if key in changes}
    options = TrainingOptions(**{"epochs": 6, "batch_size": 16, "learning_rate": 1e-2, "device": "cpu", **changes})  # type: ignore[arg-type]
    return train(module, batches, _loss, options=options, held_out=held_out, **kept)  # type: ignore[arg-type]


def _weights(module: object) -> dict[str, np.ndarray]:
    return {name: tensor.numpy().copy() for name, tensor in module.state_dict().items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "changes", [{}, {"optimiser": "adamw", "weight_decay": 0.01, "schedule": "cosine", "clip_gradient": 1.0}]
)
def test_it_learns_and_the_seed_decides_everything(changes: dict[str, object]) -> None:
    first, second = _module(), _module()
    history = _train(first, epochs=15, **changes)
    again = _train(second, epochs=15, **changes)
    assert history.held_out_loss[history.best_epoch] < 0.5 * history.held_out_loss[0]
    assert again.train_loss == history.train_loss
    for name, weight in _weights(first).items():
        np.testing.assert_array_equal(weight, _weights(second)[name])
    assert _train(_module(), epochs=2, seed=5).train_loss != _train(_module(), epochs=2).train_loss


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_an_interrupted_training_ends_as_if_it_had_not_been(tmp_path: Path, schedule: str) -> None:
    whole, broken = _module(), _module()
    history = _train(whole, schedule=schedule)

    def interrupt(now: History) -> None:
        if len(now.train_loss) == 3:
            raise KeyboardInterrupt

    path = tmp_path / "training.pt"
    with pytest.raises(KeyboardInterrupt):
        _train(broken, checkpoint=path, signature="a", advance=interrupt, schedule=schedule)
    resumed = _module(seed=9)
    after = _train(resumed, checkpoint=path, signature="a", schedule=schedule)
    assert after.resumed_at == 3
    assert after.train_loss == history.train_loss
    for name, weight in _weights(whole).items():
        np.testing.assert_array_equal(weight, _weights(resumed)[name])
    assert _train(_module(), checkpoint=path, signature="b").resumed_at is None


def test_a_checkpoint_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "training.pt").write_bytes(b"no checkpoint")
    with pytest.raises(OffkeyError, match=r"training\.pt is no checkpoint .* delete it to start anew"):
        _train(_module(), checkpoint=tmp_path / "training.pt")


def test_what_breaks_a_checkpoint_off_is_named_and_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = {"module": {"weight": torch.zeros(200_000)}}
    with pytest.raises(OffkeyError, match="/dev/full cannot be written: No space left on device"):
        write_checkpoint(Path("/dev/full"), "a", weights)

    class Interrupted(io.BytesIO):
        def write(self, content: object) -> int:
            raise KeyboardInterrupt

    @contextmanager
    def interrupted(path: Path) -> Iterator[io.BytesIO]:
        yield Interrupted()

    path = tmp_path / "training.pt"
    write_checkpoint(path, "a", weights)
    monkeypatch.setattr("offkey.learned.training.checkpoint.atomic_binary", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_checkpoint(path, "a", weights)
    assert read_checkpoint(path, "a") is not None


def test_the_best_weights_are_kept_and_patience_ends_it() -> None:
    module = _module()
    history = _train(module, epochs=200, patience=2, learning_rate=0.1)
    assert history.stopped_early
    assert len(history.held_out_loss) == history.best_epoch + 3
    with torch.no_grad():
        losses = [float(_loss(module, tuple(map(torch.from_numpy, batch)))) for batch in _held_out()]  # type: ignore[arg-type]
    assert np.mean(losses) == pytest.approx(history.held_out_loss[history.best_epoch], rel=1e-5)


def test_the_last_weights_can_be_kept_instead_of_the_best() -> None:
    best, last = _module(), _module()
    changes = {"epochs": 12, "learning_rate": 0.2}
    chosen = _train(best, **changes)
    history = _train(last, keep="last", **changes)
    assert history.held_out_loss == chosen.held_out_loss
    assert history.best_epoch == 11 != chosen.best_epoch
    assert any(not np.array_equal(weight, _weights(last)[name]) for name, weight in _weights(best).items())


def _held_out() -> Iterator[tuple[np.ndarray, ...]]:
    yield from ArrayBatches((X[80:], Y[80:]), 16, shuffle=False)()


def test_batches_hold_every_row_once_and_never_one_alone() -> None:
    rows = np.arange(17)
    for batches in (ArrayBatches((rows,), 4), ArrayBatches((rows,), 16), ArrayBatches((rows,), 100)):
        for epoch in range(3):
            found = [batch for (batch,) in batches(epoch)]
            assert len(found) == len(batches(epoch))
            assert sorted(np.concatenate(found)) == rows.tolist()
            assert min(len(batch) for batch in found) > 1
    batches = ArrayBatches((rows,), 4)
    assert [b.tolist() for (b,) in batches(1)] == [b.tolist() for (b,) in batches(1)]
    assert [b.tolist() for (b,) in batches(1)] != [b.tolist() for (b,) in batches(2)]
    with pytest.raises(ParameterError, match=r"one length, at least 2\. Got \[1\]"):
        ArrayBatches((rows[:1],), 4)


def test_what_cannot_be_is_said_in_one_sentence() -> None:
    with pytest.raises(ParameterError, match=r"training option 'epochs' must be an int in the range \[1, inf\)"):
        TrainingOptions(epochs=0, batch_size=4)
    with pytest.raises(ParameterError, match="There is no device 'gpu9' on this machine: expected one of auto, cpu"):
        pick_device("gpu9")
    with pytest.raises(OffkeyError, match=r"The loss of epoch \d+ is (nan|inf): try a smaller learning rate"):
        _train(_module(), learning_rate=1.0, epochs=1, optimiser="adamw", weight_decay=1e30)
    options = TrainingOptions(epochs=1, batch_size=2, device="cpu")
    with pytest.raises(OffkeyError, match="no batch to train on"):
        train(_module(), lambda _epoch: [], _loss, options=options)  # type: ignore[arg-type]


def test_the_learning_curve_is_a_picture() -> None:
    history = _train(_module(), epochs=3)
    assert draw_learning_curve(history, "test").startswith(b"\x89PNG")
    history.held_out_loss.clear()
    assert history.best_epoch == 2
    assert draw_learning_curve(history, "test").startswith(b"\x89PNG")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_cpu_and_gpu_agree() -> None:
    on_cpu, on_gpu = _module(), _module()
    cpu = _train(on_cpu, mixed_precision=False)
    gpu = _train(on_gpu, mixed_precision=False, device="cuda")
    assert gpu.held_out_loss == pytest.approx(cpu.held_out_loss, rel=0.2)  # dropout draws other numbers there


def test_threads_that_train_at_once_do_not_draw_from_each_other() -> None:
    def draws(seed: int) -> list[float]:
        found = []
        with seeded(seed):
            for _ in range(50):
                found.append(float(torch.rand(1)))
                time.sleep(0.0002)  # another thread would come between
        return found

    with ThreadPoolExecutor(4) as pool:
        side_by_side = list(pool.map(draws, [0, 1, 0, 1]))
    assert side_by_side == [draws(0), draws(1)] * 2


def test_a_monitor_sees_trainings_and_keeps_their_checkpoints(tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []
    watch = Monitor(tmp_path / "kept", lambda title, history: seen.append((title, len(history.train_loss))))
    with monitored(watch):
        batches = ArrayBatches((X[:80], Y[:80]), 16)
        options = TrainingOptions(epochs=2, batch_size=16, device="cpu")
        for signature in ("a", "b", "a"):  # the third is there already
            train(_module(), batches, _loss, options=options, signature=signature, title=f"net {signature}")
    assert seen == [("net a", 1), ("net a", 2), ("net b", 1), ("net b", 2)]
    assert [title for title, _ in watch.histories] == ["net a", "net b", "net a"]
    assert watch.histories[2][1].resumed_at == 2
    assert len(list((tmp_path / "kept").iterdir())) == 2
    watch.clear()
    assert not (tmp_path / "kept").exists()


def test_a_folder_for_checkpoints_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OffkeyError, match="for checkpoints cannot be made"):
        Monitor(tmp_path / "file" / "kept").checkpoint("a")
