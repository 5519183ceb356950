"""Many clips: work cut into shards, done by local processes or Ray, going on where it broke off.

A *run* is a folder, here or in an object store. Its manifest says what is done to which clips; each shard
adds one Parquet part, whole or not at all. What a part holds depends on its clips and on the work alone,
so that any engine with any number of workers, however often interrupted, gives the same rows.
"""
