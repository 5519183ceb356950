"""The life of a machine: it is learnt, heard in its shadow, armed, and what people say of it is kept."""
