"""A case of a job: records to work on, and what must be the same however often it runs.

A case is a function that makes its records and returns `(asking, state)`: how the run is asked for (arguments of
`runs.ask` beside the key, or a function that asks as the product does and returns the run), and a function that reads
what the job has done, without ids and times.
"""

CASES = {}  # by the job's name


def case(job):
    def add(build):
        CASES[job] = build
        return build

    return add
