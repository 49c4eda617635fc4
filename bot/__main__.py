"""``python -m bot``, and the program ``ddc-perf``."""

import sys

from bot import cli


def main() -> int:
    """Run the program with the process's own arguments, and return its exit code."""
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
