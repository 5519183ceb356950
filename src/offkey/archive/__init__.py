"""Every file of offkey: a zip of JSON and arrays, readable without offkey, never a pickle."""

from offkey.archive.archive import MODEL, NETWORK, PROTOCOL, TYPES, kind_of, read_archive, write_archive

__all__ = ["MODEL", "NETWORK", "PROTOCOL", "TYPES", "kind_of", "read_archive", "write_archive"]
