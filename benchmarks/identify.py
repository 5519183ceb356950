"""How well machine types are told apart: on machines that were heard, and on machines that were not.

    python -m benchmarks.identify DATA [--classifier linear resnet34] [--clips 100] [--leave-out linear ...]

DATA is the folder with ``dcase2020_real/`` and ``rebuild_mimii.py``. Fan and pump are rebuilt MIMII machines with two
ids each, of which one is learnt from and the other held out, both ways; of the slide rail there are real clips of
one id, whose last quarter is held out. Prints the tables of docs/results.md.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.rebuilt import rebuilt
from offkey.learned.identify import TypedClip, TypeSplit, names, read_clips, split_clips
from offkey.learned.identify.fitting import learn

MACHINES, IDS = ("fan", "pump"), ("00", "02")
HOLDOUT = 0.25


def _clips(args: argparse.Namespace, folder: Path) -> list[TypedClip]:
    """Return normal clips of all machines, copied to one folder."""
    for machine in MACHINES:
        with rebuilt(args.data, machine, args.snr, train=args.clips, test=0, seconds=args.seconds) as made:
            shutil.copytree(made / machine, folder / machine)
    (folder / "slider").symlink_to((args.data / "dcase2020_real" / "slider").absolute())
    return read_clips(folder).to_learn()


def _splits(clips: list[TypedClip]) -> dict[str, TypeSplit]:
    """Return the ways to divide the clips, by what the table calls them."""
    slider = split_clips(clips, holdout=HOLDOUT)  # of the one id the last clips
    found = {}
    for ident in IDS:
        sides = []
        for side, learnt in ((slider.train, True), (slider.held_out, False)):
            of_ids = [clip for clip in clips if clip.machine_type in MACHINES and (clip.ident == ident) is learnt]
            sides.append(of_ids + [clip for clip in side if clip.machine_type not in MACHINES])
        found[f"by id, learnt from {ident}"] = TypeSplit(sides[0], sides[1])
    return {**found, "by clip": split_clips(clips, by="clip", holdout=HOLDOUT)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of both splits, then that of types left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--classifier", nargs="+", default=names())
    parser.add_argument("--leave-out", nargs="*", default=["linear"], help="classifiers to leave types out with")
    parser.add_argument("--clips", type=int, default=100, help="of each machine id")
    parser.add_argument("--normalisation", default="clip-level", help="none: the level of a clip counts")
    parser.add_argument("--snr", default="0dB")
    parser.add_argument("--seconds", default="10")
    args = parser.parse_args(arguments)
    print("| classifier | split | accuracy | macro F1 | confusion (fan, pump, slider) |")
    print("| --- | --- | ---: | ---: | --- |")
    foreign, params = [], {"normalisation": args.normalisation}
    with TemporaryDirectory() as folder:
        clips = _clips(args, Path(folder))
        for classifier in args.classifier:
            for number, (name, split) in enumerate(_splits(clips).items()):
                options: dict[str, Any] = {"classifier": classifier, "classifier_params": params}
                on = learn(split, **options).identifier.fitted_on
                figures = f"{on.measured['accuracy']:.3f} | {on.measured['macro_f1']:.3f}"
                matrix = ", ".join(str(row) for row in on.measured["confusion"]["matrix"])
                print(f"| `{classifier}` | {name} | {figures} | {matrix} |", flush=True)
                if number == 0 and classifier in args.leave_out:
                    left = learn(split, **options, leave_out_types=True).identifier.fitted_on
                    shares = " | ".join(f"{share:.2f}" for share in left.foreign.values())
                    foreign.append(f"| `{classifier}` | {on.measured['called_unknown']:.2f} | {shares} |")
    if not foreign:
        return
    print("\n| classifier | held-out clips of known types | fan | pump | slider |\n| --- | ---: | ---: | ---: | ---: |")
    print("\n".join(foreign))


if __name__ == "__main__":
    main()
