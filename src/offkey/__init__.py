"""offkey hears when a machine sounds wrong."""
