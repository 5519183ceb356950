"""Lets ``python -m offkey`` do what ``offkey`` does."""

import sys

from offkey.cli.main import main

sys.exit(main())
