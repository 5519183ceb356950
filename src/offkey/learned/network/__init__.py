"""One description of a network, from which torch trains it and numpy runs it.

>>> from offkey.learned.network import Network
>>> from offkey.learned.network.layers import dense, relu
>>> layers = [dense(640, 128), relu(), dense(128, 8)]
"""

from offkey.learned.network.network import Network

__all__ = ["Network"]
