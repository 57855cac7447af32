#!/usr/bin/env python3
"""Holds the dependencies to deny.toml where cargo-deny is not installed: licences, banned crates, sources;
and that each direct dependency is used.

Reads the same file, so that there is one list. Does not know vulnerabilities; cargo-deny does.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def allowed(expression: str, licences: set[str]) -> bool:
    """Whether an SPDX expression can be met with the allowed licences alone."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def either() -> bool:
        met = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            met = both() or met
        return met

    def both() -> bool:
        met = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            met = one() and met
        return met

    def one() -> bool:
        token = tokens.pop(0)
        if token == "(":
            met = either()
            tokens.pop(0)
            return met
        if tokens and tokens[0] == "WITH":
            token = f"{token} {tokens.pop(0)} {tokens.pop(0)}"
        return token in licences

    return either()


def unused() -> list[str]:
    """The direct dependencies that no source of ours names."""
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    folders = {"dependencies": ["src"], "dev-dependencies": ["src", "tests", "benches"]}
    faults = []
    for table, places in folders.items():
        text = "\n".join(path.read_text() for place in places for path in (ROOT / place).rglob("*.rs"))
        for name in manifest[table]:
            if not re.search(rf"\b{name.replace('-', '_')}\b", text):
                faults.append(f"{name}: is among the {table} and nobody uses it")
    return faults


def main() -> int:
    rules = tomllib.loads((ROOT / "deny.toml").read_text())
    licences = set(rules["licenses"]["allow"])
    exceptions = {entry["crate"]: set(entry["allow"]) for entry in rules["licenses"]["exceptions"]}
    banned = {entry["crate"] for entry in rules["bans"]["deny"]}
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    command += ["--filter-platform", "x86_64-unknown-linux-gnu"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    in_use = {node["id"] for node in metadata["resolve"]["nodes"]}
    faults = unused()
    for package in metadata["packages"]:
        if package["id"] not in in_use:
            continue
        label = f"{package['name']} {package['version']}"
        if package["name"] in banned:
            faults.append(f"{label}: banned in deny.toml")
        if package["source"] not in (None, REGISTRY):
            faults.append(f"{label}: comes from {package['source']}, not from crates.io")
        if not allowed(package["license"] or "none", licences | exceptions.get(package["name"], set())):
            faults.append(f"{label}: licence {package['license'] or 'not stated'} is not allowed in deny.toml")
    print("\n".join(faults) or f"{len(in_use)} crates: licences, names, sources and uses are in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
