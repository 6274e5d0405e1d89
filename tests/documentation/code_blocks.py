#!/usr/bin/env python3
"""Holds a page of the documentation to what it says: every block of code in it is run, or says why it is not.

    code_blocks.py TIDEMARK PAGE

A comment on the line before a block says what becomes of it:

    <!-- test: run -->            a shell script, in a folder that all blocks of the page share; `, exit 1` where it must end so
    <!-- test: file NAME -->      is written to that file
    <!-- test: append NAME -->    is added to it
    <!-- test: sweep -->          is a sweep file that `tidemark run --dry-run` takes; `, files A B` are made for it before
    <!-- not run: WHY -->         is shown alone

`, needs COMMAND` skips a block where that command fails, `, needs the trainer` where this build has none, and
`, helper FILE` lays one of the project's helpers beside it. Exit code 77: everything that could be run was skipped.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HELPERS = {"train.py": "tests/documentation", "tidemark_events.py": "plugins/pytorch", "tidemark_events.hpp": "plugins/sdk"}
SKIPPED = 77
BLOCK = re.compile(r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Page:
    def __init__(self, tidemark, path):
        self.path = path
        self.tidemark = Path(tidemark).resolve()
        self.folder = Path(tempfile.mkdtemp(prefix="tidemark-page-"))
        programs = self.folder / ".programs"
        programs.mkdir()
        (programs / "tidemark").symlink_to(self.tidemark)
        self.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
        for name in ("TIDEMARK_DB", "TIDEMARK_PAGER"):
            self.environment.pop(name, None)
        self.done = self.skipped = 0
        self.problems = []

    def shell(self, script):
        return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)

    def lacks(self, need):
        if need == "the trainer":
            return not (self.tidemark.parent.parent / "libexec/tidemark/tidemark-train").exists()
        return self.shell(need).returncode != 0

    def run(self, text, expected):
        said = self.shell(text)
        if said.returncode != expected:
            return f"ended with {said.returncode} instead of {expected}:\n{text}{said.stdout[-2000:]}{said.stderr[-2000:]}"
        return None

    def sweep(self, text):
        if not re.search(r"^sweep:", text, re.MULTILINE):
            text = "sweep: documented\n" + text
        (self.folder / "documented.yaml").write_text(text)
        return self.run("tidemark run documented.yaml --dry-run\n", 0)

    def obey(self, mark, text):
        """Returns what is wrong, or nothing."""
        words = [word.strip() for word in mark.split(", ")]
        needs = [word.removeprefix("needs ") for word in words if word.startswith("needs ")]
        for word in words:
            if word.startswith("helper "):
                name = word.removeprefix("helper ")
                shutil.copy(PROJECT / HELPERS[name] / name, self.folder / name)
            if word.startswith("files "):
                for name in word.removeprefix("files ").split():
                    (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (self.folder / name).write_text("")
        verb, _, name = words[0].partition(" ")
        if verb in ("file", "append"):
            with open(self.folder / name, "a" if verb == "append" else "w") as file:
                file.write(text)
            return None
        missing = [need for need in needs if self.lacks(need)]
        if missing:
            self.skipped += 1
            print(f"skipped, because it needs {', '.join(missing)}:\n{text}")
            return None
        self.done += 1
        if verb == "sweep":
            return self.sweep(text)
        if verb == "run":
            codes = [int(word.removeprefix("exit ")) for word in words if word.startswith("exit ")]
            return self.run(text, codes[0] if codes else 0)
        return f"nobody knows what '{mark}' means"

    def check(self):
        page = self.path.read_text()
        if page.startswith("<!-- quoted:"):
            return
        for block in BLOCK.finditer(page):
            line = page.count("\n", 0, block.start("text"))
            mark = block["mark"] or ""
            if mark.startswith("not run: "):
                continue
            if not mark.startswith("test: "):
                self.problems.append(f"{self.path}:{line}: a block of code that is not run must say why: <!-- not run: … -->")
                continue
            problem = self.obey(mark.removeprefix("test: "), block["text"])
            if problem:
                self.problems.append(f"{self.path}:{line}: {problem}")

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    page = Page(sys.argv[1], Path(sys.argv[2]))
    try:
        page.check()
    finally:
        page.close()
    for problem in page.problems:
        print(problem)
    print(f"{page.done} blocks were run, {page.skipped} skipped")
    if page.problems:
        return 1
    return SKIPPED if page.skipped and not page.done else 0


if __name__ == "__main__":
    sys.exit(main())
