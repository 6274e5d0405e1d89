"""Runs steps of a GitHub workflow as its runner does, one shell each.  workflow_steps.py FILE STEP... [INPUT=VALUE...]

Of its expressions it knows what examples/ceilings/memory-ceilings.yml uses in its scripts.
"""

import os
import re
import subprocess
import sys

import yaml

file, words = sys.argv[1], sys.argv[2:]
inputs = dict(word.split("=") for word in words if "=" in word)
wanted = [word for word in words if "=" not in word]


def filled(script):
    choice = re.compile(r"\$\{\{ inputs\.(\w+) && '(\w+)' \|\| '(\w+)' \}\}")
    script = choice.sub(lambda found: found[2] if inputs.get(found[1]) == "true" else found[3], script)
    script = re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: inputs.get(found[1], "false"), script)
    if "${{" in script:
        sys.exit("an expression that this does not know: " + script)
    return script


with open(file) as text:
    workflow = yaml.safe_load(text)
environment = dict(os.environ, **{name: str(value) for name, value in workflow["env"].items()})
steps = {step.get("name"): step for job in workflow["jobs"].values() for step in job["steps"]}
for name in wanted:
    code = subprocess.run(["sh", "-e", "-c", filled(steps[name]["run"])], env=environment).returncode
    if code != 0:
        sys.exit(code)
