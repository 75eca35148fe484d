"""Jobs that rq's workers run."""

from rq import get_current_job


def square(number):
    return number * number


def sum_of_dependencies():
    return sum(job.return_value() for job in get_current_job().fetch_dependencies())


def fail(text):
    raise ValueError(text)
