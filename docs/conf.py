"""How Sphinx builds the documentation: the Markdown and the notebooks of this folder, searchable without internet."""

project = "offkey"
html_title = "offkey"
html_theme = "furo"  # brings no fonts and loads nothing from elsewhere
extensions = ["myst_nb"]
myst_heading_anchors = 4  # links to headings as GitHub spells them
nb_execution_mode = "off"  # notebooks are stored with their outputs; a test executes them
html_copy_source = False
html_use_index = False  # of terms, which no page marks
html_show_copyright = False
smartquotes = False  # they would turn the two dashes of an option into one
