"""Everything that needs an NVIDIA GPU, in one call: the CUDA tests, compute-sanitizer, the measurements.

    OUT=folder python .ci/gpu.py     records go to that folder, by default benchmarks/; exit status 1 if a part failed

Needs torch, fastcore and the package's requirements, but neither nbdev nor Jupyter.
"""
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = "nbs/tests/shift_cuda.ipynb", "nbs/tests/train_cuda.ipynb"
SMALL = """
import torch
from shiftlit import shift2d, shift_offsets
for dtype in (torch.uint8, torch.bfloat16, torch.float32, torch.float64, torch.complex128):
    for shape in ((2, 18, 7, 16), (1, 130, 5, 9), (3, 64, 8, 8)):
        for table in (shift_offsets(shape[1]), shift_offsets(shape[1], 5, 3)):
            x = torch.ones(shape, dtype=dtype, device='cuda')
            for y in (x, x.to(memory_format=torch.channels_last), x.transpose(2, 3)): shift2d(y, table.cuda()).sum()
torch.cuda.synchronize()
"""


def run(name: str, *command: str | Path) -> bool:
    "Run a part, print how it ended and how long it took."
    start = time.monotonic()
    done = subprocess.run([str(c) for c in command], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {time.monotonic() - start:6.1f} s  {name}", flush=True)
    return done.returncode == 0


def cells(notebook: str) -> str:
    "The code of a test notebook as one script."
    found = json.loads((ROOT / notebook).read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in found if cell["cell_type"] == "code")


def main() -> None:
    out = Path(os.environ.get("OUT", ROOT / "benchmarks"))
    results = [run(notebook, sys.executable, "-c", cells(notebook)) for notebook in TESTS]
    sanitizer = shutil.which("compute-sanitizer") or shutil.which("compute-sanitizer", path="/usr/local/cuda/bin")
    for tool in ("memcheck", "racecheck"):
        if sanitizer:
            results.append(run(f"compute-sanitizer, {tool}", sanitizer, "--tool", tool, "--error-exitcode", "9", sys.executable, "-c", SMALL))
        else:
            print(f"skipped: {tool}, there is no compute-sanitizer")
    for what, flags in (("shift", ("--blocks", "3")), ("train", ()), ("roofline", ("--rounds", "9"))):
        results.append(run(f"measurements: {what}", sys.executable, "-c", "from shiftlit.bench import main; main()", what, "--device", "cuda",
                           *flags, "--output", out / f"{what}_cuda.json"))
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
