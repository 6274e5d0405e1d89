#!/usr/bin/env python3
"""Every link of the project's pages leads somewhere: files are there, headings too, and no page is left out of the index."""

import re
import sys
import unicodedata
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LONGEST_README = 120
LONGEST_LINE = 160


def pages():
    yield from sorted(PROJECT.glob("*.md"))
    yield from sorted((PROJECT / "docs").glob("*.md"))
    yield PROJECT / "results/reference/README.md"


def without_code(text):
    return CODE.sub("", text)


def slug(heading):
    """As GitHub makes an anchor of a heading."""
    heading = re.sub(r"[`*]", "", heading).strip().lower()
    kept = [letter for letter in heading if letter in " -_" or unicodedata.category(letter)[0] in "LN"]
    return "".join(kept).replace(" ", "-")


def anchors(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def problem_of(page, link):
    if re.match(r"[a-z]+:", link):
        return None
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_file():
        return "there is no such file"
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return f"{target.name} has no such heading"
    return None


def main():
    problems = []
    linked = set()
    for page in pages():
        text = page.read_text()
        for link in LINK.findall(without_code(text)):
            problem = problem_of(page, link)
            if problem:
                problems.append(f"{page.relative_to(PROJECT)}: {link}: {problem}")
            if page.name == "index.md":
                linked.add(link.partition("#")[0])
    for page in (PROJECT / "docs").glob("*.md"):
        if page.name not in linked | {"index.md", "source-document.zh.md"}:
            problems.append(f"docs/index.md: has no link to {page.name}")
    lines = len((PROJECT / "README.md").read_text().splitlines())
    if lines > LONGEST_README:
        problems.append(f"README.md: has {lines} lines, which are more than {LONGEST_README}")
    for page in [PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")]:
        text = re.sub(r"^```.*?^```$", lambda code: "\n" * code[0].count("\n"), page.read_text(), flags=re.MULTILINE | re.DOTALL)
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > LONGEST_LINE and not line.startswith(("|", ">")) and "](" not in line and page.name != "source-document.zh.md":
                problems.append(f"{page.relative_to(PROJECT)}:{number}: is longer than {LONGEST_LINE} columns")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
