"""Start everything and keep it running; `python -m crm.up manage COMMAND …` runs one command on the same data."""

import sys

from crm.embedded.child import Died
from crm.up import say
from crm.up.run import manage, run
from crm.up.stopping import Stopped


def main(words: list[str]) -> int:
    try:
        return manage(words[1:]) if words[:1] == ["manage"] else run()
    except Stopped:
        say.line("Everything has stopped.")
        return 0
    except Died as end:
        say.line(str(end))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
