"""Isolation forest: how few random cuts it takes to separate a clip from the training clips."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Number, Numbers
from offkey.detectors.base import Contributions, Detector, Floats
from offkey.errors import ParameterError

__all__ = ["IsolationForest"]


class IsolationForest(Detector):
    """Anomaly score of an isolation forest, from 0 to 1.

    F. T. Liu, K. M. Ting & Z.-H. Zhou, "Isolation forest", ICDM 2008. Learnt by scikit-learn; the score is its
    `score_samples` with the sign reversed. The trees are stored one after another in flat arrays: the children of each
    node, the feature and value it splits at, and the depth of each leaf.

    Parameters
    ----------
    n_trees : int, default 100
        Number of trees.
    max_clips : int, default 256
        Number of training clips per tree; all if there are fewer.
    seed : int, default 0
        Seed of the random splits.
    """

    name = "isolation_forest"
    learns_with = ("sklearn", "sklearn")
    assumes = "a fault shows as an extreme value of some feature by itself"
    cost = "fit: the number of trees; score: the depth of all trees (fitting needs the extra `sklearn`)"
    learnt: ClassVar = {
        "centre_": Numbers("features"),
        "scale_": Number(positive=True),
        "cut_": Numbers("nodes"),
        "path_": Numbers("nodes"),
        "feature_": Numbers("nodes", index="features"),
        "left_": Numbers("nodes", index="nodes"),
        "right_": Numbers("nodes", index="nodes"),
        "roots_": Numbers("trees", index="nodes"),
        "mean_path_": Number(positive=True),
    }
    rules: ClassVar = {"n_trees": Interval(int, 1), "max_clips": Interval(int, 2), "seed": Interval(int, 0, 2**32 - 1)}

    most_folds = 10  # trees take long to grow, however few the clips

    def __init__(self, *, n_trees: int = 100, max_clips: int = 256, seed: int = 0) -> None:
        self.n_trees = n_trees
        self.max_clips = max_clips
        self.seed = seed

    def check_learnt(self) -> None:
        """Check the trees as well: a node's children stand behind it, so that every path ends; see `Component`."""
        super().check_learnt()
        node = np.arange(len(self.left_))
        if (self.left_ < node).any() or (self.right_ < node).any():
            raise ParameterError(f"What '{self.name}' has learnt is damaged: its trees go round in circles.")

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        from sklearn.ensemble import IsolationForest as Learner

        size = min(self.max_clips, len(X))
        self.centre_ = X.mean(axis=0)
        self.scale_ = float(np.sqrt(X.var(axis=0).mean())) or 1.0
        forest = Learner(n_estimators=self.n_trees, max_samples=size, random_state=self.seed).fit(self._rows(X))
        trees = [estimator.tree_ for estimator in forest.estimators_]
        starts = np.cumsum([0] + [tree.node_count for tree in trees])
        self.roots_ = starts[:-1]
        children = [
            np.where(side < 0, np.arange(tree.node_count), side) + start
            for start, tree in zip(starts, trees, strict=False)
            for side in (tree.children_left, tree.children_right)
        ]
        self.left_, self.right_ = np.concatenate(children[::2]), np.concatenate(children[1::2])
        self.feature_ = np.maximum(np.concatenate([tree.feature for tree in trees]), 0)
        self.cut_ = np.concatenate([tree.threshold for tree in trees])
        self.path_ = np.concatenate([_depths(tree.children_left, tree.children_right) for tree in trees])
        self.path_ += _mean_path(np.concatenate([tree.n_node_samples for tree in trees]))
        self.mean_path_ = float(_mean_path(np.array([size]))[0])

    def _score(self, X: Floats) -> Floats:
        *_, leaf = self._ways(X)
        score: Floats = 2.0 ** (-self.path_[leaf].mean(axis=1) / self.mean_path_)
        return score

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the score by the cuts on the way to the leaves, each by how much shorter it makes the path expected.

        What a cut changes counts to its feature (A. Palczewska et al., "Interpreting random forest classification
        models using a feature contribution method", 2014, arXiv 1312.1121). The score, a power of the path, is divided
        in proportion, and what the roots alone would score is no feature's.
        """
        ways = np.concatenate(list(self._ways(x[None])))
        path = self.path_[ways].mean(axis=1)
        shorter = np.zeros(len(x))
        np.add.at(shorter, self.feature_[ways[:-1]], (self.path_[ways[:-1]] - self.path_[ways[1:]]) / ways.shape[1])
        at_roots, score = 2.0 ** (-path[[0, -1]] / self.mean_path_)
        by = path[0] - path[-1]
        slope = (score - at_roots) / by if abs(by) > 1e-9 else np.log(2) / self.mean_path_ * score
        return Contributions(slope * shorter, float(score - slope * shorter.sum()))

    def _ways(self, X: Floats) -> Iterator[NDArray[np.intp]]:
        """Yield the node of each tree that each clip has come to, shape (n_clips, n_trees), from roots to leaves."""
        rows = self._rows(X)
        node = np.tile(self.roots_, (len(rows), 1))
        clip = np.arange(len(rows))[:, None]
        while True:
            yield node
            lower = rows[clip, self.feature_[node]] <= self.cut_[node]
            after = np.where(lower, self.left_[node], self.right_[node])
            if (after == node).all():  # a leaf is its own child
                return
            node = after

    def _rows(self, X: Floats) -> NDArray[np.float32]:
        """Return the features as the trees see them: in single precision, so centred and scaled before."""
        with np.errstate(over="ignore"):  # what is beyond single precision is beyond every cut
            rows: NDArray[np.float32] = ((X - self.centre_) / self.scale_).astype(np.float32)
        return rows


def _depths(left: NDArray[Any], right: NDArray[Any]) -> Floats:
    """Return the number of cuts above each node of a tree, whose children stand behind their parents."""
    depth = np.zeros(len(left))
    for node in range(len(left)):
        if left[node] >= 0:
            depth[left[node]] = depth[right[node]] = depth[node] + 1
    return depth


def _mean_path(n: NDArray[Any]) -> Floats:
    """Return the mean path length in a random tree of `n` clips (Liu et al. 2008, eq. 1)."""
    path = np.where(n == 2, 1.0, 0.0)
    many = n > 2
    path[many] = 2 * (np.log(n[many] - 1.0) + np.euler_gamma) - 2 * (n[many] - 1.0) / n[many]
    return path
