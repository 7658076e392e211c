"""The service as it runs in production, on this machine and without containers:

    clients --> HAProxy --> two processes of golden-thread --> PostgreSQL --> a standby, read from where it is not behind

    python3 deploy/topology [PROGRAM]             starts it with the demonstration, says where, and stops it at Ctrl-C
    python3 deploy/topology --check [PROGRAM]     tries what it promises, and ends with 1 where something does not hold

Everything lies in a temporary folder and is gone at the end. Needs Python 3.9, PostgreSQL 14 or later with its server programs,
and HAProxy 2.4 or later (on Debian: apt-get install postgresql haproxy); nothing of Python beside what comes with it.
"""

import argparse
import pathlib
import signal
import sys

# Beside the sources is no place for what Python makes of them.
sys.dont_write_bytecode = True

from checks import Checks, Failed
from parts import Missing, Topology

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program(given):
    """The program to run: the one that is named, or the newest that was built."""
    if given:
        return pathlib.Path(given).resolve()
    built = [ROOT / "target" / profile / "golden-thread" for profile in ("release", "debug")]
    built = [path for path in built if path.exists()]
    if not built:
        raise Missing("no golden-thread was built: cargo build --release, or name one")
    return max(built, key=lambda path: path.stat().st_mtime)


WELCOME = """
GraphQL       {public}/graphql
the processes {processes}
the proxy     {watch}/stats and /metrics
PostgreSQL    {primary}
its standby   {standby}
logs          {folder}

Tokens, as 'Authorization: Bearer TOKEN': {program} token programme-office --database-url {primary}

Restart a process by hand and see who notices: kill -TERM {pids}. Stop all of it with Ctrl-C.
"""


def main():
    parser = argparse.ArgumentParser(
        prog="deploy/topology", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="try what it promises, and end")
    parser.add_argument("--rounds", type=int, default=1, help="how often each process is restarted under load (1)")
    parser.add_argument("program", nargs="?", help="the program; else the newest in target/")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with Topology(program(args.program)) as topology:
            if args.check:
                Checks(topology).run(args.rounds)
            else:
                print(WELCOME.format(**topology.shown()), flush=True)
                topology.keep_running()
    except (Missing, Failed) as error:
        sys.exit(f"topology: {error}")
    except KeyboardInterrupt:
        pass


main()
