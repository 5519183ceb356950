"""Networks: trained with torch, and scored without it.

`network` describes a network once, for torch, which trains it, and for numpy, which runs it;
`training` is the loop.
"""
