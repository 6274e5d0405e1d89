"""What a training job can be told. The one table of it is description.json, from which the runner checks sweep files."""

import argparse
import hashlib
import json
import math
import os
from pathlib import Path
from types import SimpleNamespace

FOLDER = Path(__file__).resolve().parent
DESCRIPTION = json.loads((FOLDER / "description.json").read_text())
PARAMETERS = {parameter["name"]: parameter for parameter in DESCRIPTION["parameters"]}


def build_id():
    """Changes with every file of the program; CMakeLists.txt makes the same one."""
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(FOLDER.iterdir())
              if path.suffix == ".py" or path.name == "description.json"]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def describe():
    return json.dumps({**DESCRIPTION, "build_id": build_id()}, indent=1, sort_keys=True)


class ParameterError(Exception):
    pass


def _range_text(parameter):
    return f" from {parameter['minimum']:g} to {parameter['maximum']:g}"


def checked(parameter, value):
    """The value brought to the parameter's type; a text is read as its type."""
    name, kind = parameter["name"], parameter["type"]
    if value is None:
        return parameter["default"]
    if kind == "boolean":
        value = {"true": True, "false": False}.get(value, value)
        if not isinstance(value, bool):
            raise ParameterError(f"{name}: must be true or false, not '{value}'")
        return value
    if kind == "choice":
        if value not in parameter["choices"]:
            raise ParameterError(f"{name}: must be one of {', '.join(parameter['choices'])}, not '{value}'")
        return value
    if kind in ("text", "path"):
        return str(value)
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    whole = kind == "integer"
    if not parameter["minimum"] <= number <= parameter["maximum"] or (whole and not number.is_integer()):
        raise ParameterError(f"{name}: must be {'an integer' if whole else 'a number'}{_range_text(parameter)}, not {value}")
    return int(number) if whole else number


def _argument_parser():
    parser = argparse.ArgumentParser(
        prog="train_cifar10.py", allow_abbrev=False, formatter_class=argparse.RawTextHelpFormatter,
        description="Trains an image classifier with PyTorch: the same job as tidemark-train, for comparison.")
    parser.add_argument("--describe", action="store_true", help="print the parameters as JSON")
    for name, parameter in PARAMETERS.items():
        flags = sorted({f"--{name}", f"--{name.replace('_', '-')}"})
        more = {"nargs": "?", "const": "true"} if parameter["type"] == "boolean" else {}
        parser.add_argument(*flags, dest=name, metavar="|".join(parameter.get("choices", [parameter["type"]])), **more,
                            help=f"{parameter['meaning']} (default: {json.dumps(parameter['default'])})".replace("%", "%%"))
    return parser


def read_options(arguments):
    """From TIDEMARK_REQUEST, where it is set, and the command line above it. Ends the program where they are wrong."""
    parser = _argument_parser()
    given = vars(parser.parse_args(arguments))
    if given.pop("describe"):
        print(describe())
        parser.exit()
    values = {}
    if "TIDEMARK_REQUEST" in os.environ:
        # one that this program does not know chooses the workload, as `engine` does
        values = json.loads(Path(os.environ["TIDEMARK_REQUEST"]).read_text())["parameters"]
    values.update({name: value for name, value in given.items() if value is not None})
    options, problems = SimpleNamespace(), []
    for name, parameter in PARAMETERS.items():
        try:
            setattr(options, name, checked(parameter, values.get(name)))
        except ParameterError as problem:
            problems.append(f"train_cifar10: {problem}\n")
    if problems:
        parser.exit(2, "".join(problems) + "train_cifar10: train_cifar10.py --help lists the parameters\n")
    return options
