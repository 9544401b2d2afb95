"""`make bench [ONLY=search]`: figures at 2,000,000 customers, each beside the floor of the same minute."""

import argparse
import os
import sys

from bench.stage import stage


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("only", nargs="*", help="search, listing, pages, throughput")
    options.add_argument("--customers", type=int, default=2_000_000)
    chosen = options.parse_args()
    with stage(chosen.customers) as (env, port):
        os.environ.update(env)
        from bench.run import run

        sys.exit(run(port, chosen.only, chosen.customers))


if __name__ == "__main__":
    main()
