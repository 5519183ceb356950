"""Tables as people and programs write them: read in one way, whatever their encoding, separator and spelling."""

from offkey.tables.cells import ANOMALY_WORDS, NORMAL_WORDS, label_of, means_no_label, number
from offkey.tables.paths import path_of, path_parts, path_text
from offkey.tables.text_table import TextTable, column_names, read_lines, read_text_table, table_from_text
from offkey.tables.writing import csv_writer, write_csv

__all__ = [
    "ANOMALY_WORDS",
    "NORMAL_WORDS",
    "TextTable",
    "column_names",
    "csv_writer",
    "label_of",
    "means_no_label",
    "number",
    "path_of",
    "path_parts",
    "path_text",
    "read_lines",
    "read_text_table",
    "table_from_text",
    "write_csv",
]
