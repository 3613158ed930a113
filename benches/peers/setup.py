"""Makes what the comparison needs: virtual environment, node modules, release binary, floor. Everything lies under target/, outside version control."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = ROOT / "target/peers"
PYTHON = TARGET / "venv/bin/python"
NODE = TARGET / "node"
FANFARE = ROOT / "target/release/fanfare"
FLOOR = ROOT / "target/floor/release/floor"
CONTRACT = ROOT / "target/floor-contract/release/floor"


def call(*words, cwd=ROOT, **environment):
    """Runs a command; its failure ends the program with the command's words."""
    words = [str(word) for word in words]
    print("+", " ".join(words).replace(f"{ROOT}/", ""), file=sys.stderr, flush=True)
    if subprocess.run(words, cwd=cwd, env=os.environ | environment).returncode:
        sys.exit(f"error: `{' '.join(words)}` failed")


def made(folder: Path, *recipes: Path):
    """Whether `folder` was made from these files as they are now; if not, removes it and returns the mark to write."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in recipes)).hexdigest()
    mark = folder / "made-from"
    if mark.exists() and mark.read_text() == digest:
        return None
    shutil.rmtree(folder, ignore_errors=True)
    return digest


def set_up():
    """All of it; quick if it is there."""
    for tool in ("cargo", "node", "npm"):
        if shutil.which(tool) is None:
            sys.exit(f"error: {tool} is needed and was not found")
    if sys.version_info < (3, 11):
        sys.exit("error: Python 3.11 or later is needed")
    requirements = HERE / "requirements.txt"
    if digest := made(TARGET / "venv", requirements):
        call(sys.executable, "-m", "venv", TARGET / "venv")
        call(PYTHON, "-m", "pip", "install", "--quiet", "--requirement", requirements)
        (TARGET / "venv/made-from").write_text(digest)
    package, lock, script = (HERE / "scalar" / name for name in ("package.json", "package-lock.json", "squiggle.mjs"))
    if digest := made(NODE, package, lock):
        NODE.mkdir(parents=True)
        shutil.copy(package, NODE)
        shutil.copy(lock, NODE)
        call("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=NODE)
        (NODE / "made-from").write_text(digest)
    # Modules are looked for beside the script.
    shutil.copy(script, NODE)
    call("cargo", "build", "--release", "--locked", "--quiet")
    build_floor()


def build_floor():
    """With all that this processor has, as one who writes for one machine would; and once more under the engine's contract."""
    manifest = HERE.parent / "floor/Cargo.toml"
    for program, features in ((FLOOR, []), (CONTRACT, ["--features", "contract"])):
        flags = {"CARGO_TARGET_DIR": str(program.parents[1]), "RUSTFLAGS": "-C target-cpu=native"}
        call("cargo", "build", "--release", "--locked", "--quiet", *features, "--manifest-path", manifest, **flags)
