"""Run the repository's checks and every notebook, each in a process of its own; the last line counts them.

    python .ci/check.py          all checks, all notebooks without their slow cells
    python .ci/check.py --slow   the notebooks that have slow cells, with these
"""
import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
WORKERS = min(os.cpu_count() or 1, 4)
LIMIT = {False: 600, True: 1800}  # seconds for one notebook, without and with its slow cells
OUTPUT_LIMIT = 200_000  # bytes of stored outputs in one notebook


def run(*command: str | Path, cwd: Path = ROOT, timeout: int = 600, **env: str) -> None:
    "Run a command; raise AssertionError with the end of its output if it fails."
    try:
        done = subprocess.run([str(c) for c in command], cwd=cwd, env=os.environ | env, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        raise AssertionError(f"still running after {timeout} s") from None
    assert done.returncode == 0, "\n".join(done.stdout.splitlines()[-200:])


def copy_of_repository(folder: str) -> Path:
    "The files that make the package, without environments, data and results."
    return Path(shutil.copytree(ROOT, Path(folder) / "copy", ignore=shutil.ignore_patterns(
        ".venv", ".git", "data", "checkpoint", "runs", "__pycache__", "*.egg-info", "build")))


def package_in_sync() -> None:
    "shiftlit/ is exactly what nbdev_export makes of the notebooks."
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_repository(folder)
        shutil.rmtree(copy / "shiftlit")
        run(BIN / "nbdev_export", cwd=copy)
        names = {p.name for root in (ROOT, copy) for p in (root / "shiftlit").glob("*.py")}
        _, differ, missing = filecmp.cmpfiles(ROOT / "shiftlit", copy / "shiftlit", names, shallow=False)
        assert not differ + missing, f"out of step with the notebooks: {', '.join(sorted(differ + missing))}; run make export"


def readme_in_sync() -> None:
    "README.md is exactly what index.ipynb makes."
    run(sys.executable, ".ci/readme.py", "--check")


def notebooks_clean() -> None:
    "Stored outputs are small and hold no error and no warning; no cell is empty."
    wrong = []
    for path in notebooks():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        size = sum(len(json.dumps(c.get("outputs", []))) for c in cells)
        if size > OUTPUT_LIMIT:
            wrong.append(f"{path.name}: {size} bytes of outputs")
        for i, cell in enumerate(cells):
            outputs = cell.get("outputs", [])
            if not "".join(cell["source"]).strip():
                wrong.append(f"{path.name}: cell {i} is empty")
            if any(o["output_type"] == "error" or o.get("name") == "stderr" for o in outputs):
                wrong.append(f"{path.name}: cell {i} stores an error or a warning")
    assert not wrong, "\n".join(wrong)


def import_is_light() -> None:
    "`import shiftlit` loads neither torchvision nor matplotlib and builds nothing."
    run(sys.executable, "-c", "import sys, shiftlit; heavy = {'torchvision', 'matplotlib', 'seaborn', 'PIL', 'torch.utils.cpp_extension'} "
        "& set(sys.modules); sys.exit(f'import shiftlit also imports {heavy}' if heavy else None)")


def wheel_works() -> None:
    "A wheel builds, holds the package and nothing else, and works away from the repository."
    with tempfile.TemporaryDirectory() as folder:
        copy, target = copy_of_repository(folder), Path(folder, "installed")
        pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
        run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, copy, PIP_CONSTRAINT=str(ROOT / "constraints.txt"))
        wheel, = Path(folder).glob("*.whl")
        foreign = [name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith(("shiftlit/", "shiftlit-"))]
        assert not foreign, f"the wheel also holds {foreign}"
        run(*pip, "install", "--no-deps", "--target", target, wheel)
        shutil.rmtree(copy)
        run(sys.executable, "-c", "import shiftlit, torch; from shiftlit.count import main; "
            f"assert shiftlit.__file__.startswith({str(target)!r}), shiftlit.__file__; "
            "assert shiftlit.Shift2d()(torch.ones(1, 9, 4, 4)).sum() < 144; main(['--arch=shiftresnet20'])",
            cwd=Path(folder), PYTHONPATH=str(target))


def notebooks() -> list[Path]:
    "Every notebook of the project."
    return sorted(p for p in (ROOT / "nbs").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def has_slow_cells(path: Path) -> bool:
    "Whether some cell is left out of `make test`."
    return any("".join(c["source"]).startswith("#| slow") for c in json.loads(path.read_text(encoding="utf-8"))["cells"])


def notebook_check(path: Path, slow: bool):
    "The check that runs one notebook as nbdev_test runs it."
    flags = ("--flags", "slow") if slow else ()
    name = path.relative_to(ROOT)

    def check() -> None:
        # nbdev_test says nothing when its pattern matches no notebook; the name comes from the folder itself.
        run(BIN / "nbdev_test", "--path", name, "--n_workers", "0", *flags, timeout=LIMIT[slow],
            OMP_NUM_THREADS=str(max(1, (os.cpu_count() or 1) // WORKERS)), MPLBACKEND="agg")
    check.__doc__ = str(name) + (" with slow cells" if slow else "")
    return check


def files_beside() -> set[str]:
    "What lies in the working tree, so that a notebook that leaves something behind is found out."
    skipped, found = {".venv", ".git", "__pycache__", ".ipynb_checkpoints"}, set()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped and not name.endswith(".egg-info")]
        found.update(str(Path(folder, name)) for name in files)
    return found


def report(check) -> bool:
    "Run one check, print a line about it and, if it fails, why."
    start = time.monotonic()
    try:
        check()
        why = ""
    except Exception as error:  # whatever it is, the last line must still count it
        why = f"\n{error}" if isinstance(error, AssertionError) else f"\n{type(error).__name__}: {error}"
    print(f"{'FAIL' if why else 'ok  '} {time.monotonic() - start:6.1f} s  {check.__doc__}{why}", flush=True)
    return not why


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slow", action="store_true", help="run the notebooks that have slow cells, with these")
    slow = parser.parse_args().slow
    found = [p for p in notebooks() if not slow or has_slow_cells(p)]
    if not found:
        print("no notebooks found\n0 passed, 1 failed")
        sys.exit(1)
    before = files_beside()

    def nothing_left_behind() -> None:
        left = sorted(files_beside() - before)
        assert not left, "\n".join(left[:20])
    nothing_left_behind.__doc__ = "the notebooks leave nothing behind"

    checks = [] if slow else [package_in_sync, readme_in_sync, notebooks_clean, import_is_light, wheel_works]
    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(report, [notebook_check(p, slow) for p in found] + checks))
    results.append(report(nothing_left_behind))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
