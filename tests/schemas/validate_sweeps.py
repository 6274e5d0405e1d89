#!/usr/bin/env python3
"""Holds sweep files against a JSON schema: validate_sweeps.py SCHEMA FILE...

Prints `accepted`, `refused` or `unreadable` (no YAML) and the name of each file. Needs python3-jsonschema and
python3-yaml; ends with 77 where one is not there.
"""
import json
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"needs {missing.name} (Debian packages python3-jsonschema, python3-yaml)")
    sys.exit(77)


class Core(yaml.SafeLoader):
    """PyYAML reads YAML 1.1; sweep files are YAML 1.2."""


Core.yaml_implicit_resolvers = {}
for tag, expression, first in [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
]:
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{expression})$"), list(first))


def integer(loader, node):
    text = loader.construct_scalar(node)
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


Core.add_constructor("tag:yaml.org,2002:int", integer)


def verdict(schema, file):
    try:
        with open(file, encoding="utf-8") as stream:
            content = yaml.load(stream, Loader=Core)
        validator = jsonschema.Draft7Validator(schema)
        return "accepted" if validator.is_valid(content) else "refused"
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        return "unreadable"


with open(sys.argv[1], encoding="utf-8") as stream:
    schema = json.load(stream)
jsonschema.Draft7Validator.check_schema(schema)
for name in sys.argv[2:]:
    print(verdict(schema, name), name.rsplit("/", 1)[-1])
