"""Execution of work, and the stores of its results.

- An executor (`executor.py`) works here (`here.py`), in threads (`thread_pool.py`), in processes (`process_pool.py`) or
  on a Ray cluster (`ray_cluster.py`): some items ahead (`ahead.py`), or trying again what failed (`tries.py`).
- A store (`store.py`) keeps tables as parts, each whole or not at all; a run (`runs.py`) lets an executor make those
  that are missing.
- Who watches sees how far it is (`progress.py`).
- How many things at a time (`jobs.py`), threads of libraries (`library_threads.py`), memory (`memory.py`).
"""
