"""The API for programs: models that score clips and streams, with one shape of errors and a description."""
