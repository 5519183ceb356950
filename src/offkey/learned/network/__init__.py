"""One description of a network, which torch trains, and which is stored as ONNX and run by numpy.

>>> from offkey.learned.network import Network
>>> from offkey.learned.network.layers import dense, relu
>>> layers = [dense(640, 128), relu(), dense(128, 8)]
"""

from offkey.learned.network.layer_graph import FEATURES, OUTPUT
from offkey.learned.network.network import KeptNetwork, Network

__all__ = ["FEATURES", "OUTPUT", "KeptNetwork", "Network"]
