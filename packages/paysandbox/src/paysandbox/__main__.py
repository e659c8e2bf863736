"""`python -m paysandbox`."""

import sys

from paysandbox.command import main

sys.exit(main())
