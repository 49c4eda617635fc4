"""``python -m bot``, and the program ``ddc-perf``."""

import sys

from bot import cli


def main() -> int:
    """Run the program with the process's own arguments, and return its exit code."""
    try:
        return cli.main(sys.argv[1:])
    except KeyboardInterrupt:  # before the bot has handlers of its own
        return 130


if __name__ == "__main__":
    sys.exit(main())
