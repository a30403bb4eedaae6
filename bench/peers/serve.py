"""Answers calls from bench/python.mjs: one JSON object per line in, one out."""
import json
import resource
import sys
import traceback


def serve(functions):
    """`functions` maps names to callables that take keyword arguments and return JSON-able values."""
    functions = {
        "memory": lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        **functions,
    }
    out = sys.stdout
    sys.stdout = sys.stderr  # prints of libraries must not mix with answers
    for line in sys.stdin:
        call = json.loads(line)
        try:
            answer = {"result": functions[call["name"]](**call["args"])}
        except Exception as error:  # reported to the caller, which decides
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        out.write(json.dumps(answer) + "\n")
        out.flush()
