"""`python -m koda.sandbox`."""

import sys

from koda.sandbox.command import main

sys.exit(main())
