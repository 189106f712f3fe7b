"""usage: evaluate.py WRITE_ONNX

Runs WRITE_ONNX in a scratch folder, evaluates the graphs that it writes with onnxruntime, and compares with what the library
predicts. Skipped where onnxruntime is not installed (pip install onnxruntime)."""

import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy
    import onnxruntime
except ImportError as error:
    print(f"skipped: {error.name} was not found (pip install onnxruntime)")
    sys.exit(0)


def table(path, scalar):
    """Numbers in their own digits, one row a line; a row of no numbers is an empty line."""
    return numpy.array([line.split() for line in path.read_text().splitlines()], dtype=scalar)


def worst_difference(path):
    """In units of the rounding that the sums of one row allow: eps times sum |x_j w_j| + |b|, the largest of the outputs."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    scalar = {"tensor(float)": numpy.float32, "tensor(double)": numpy.float64}[session.get_inputs()[0].type]
    X, expected, magnitude = (table(path.with_suffix(suffix), scalar) for suffix in (".rows", ".expected", ".magnitude"))
    found = dict(zip([output.name for output in session.get_outputs()], session.run(None, {"X": X})))
    if "label" in found:
        labels = [str(int(label)) if isinstance(label, (bool, numpy.bool_)) else str(label) for label in found["label"]]
        wanted = path.with_suffix(".labels").read_text().split("\0")[:-1]
        if labels != wanted and [float(label) for label in labels] != [float(label) for label in wanted]:
            sys.exit(f"{path.name}: the labels are {labels}, and not {wanted}")
    values = found["probabilities" if "label" in found else "prediction"]
    if values.dtype != scalar or values.shape != expected.shape:
        sys.exit(f"{path.name}: {values.dtype} {values.shape}, and not {scalar} {expected.shape}")
    return numpy.max(numpy.abs(values - expected) / (numpy.finfo(scalar).eps * magnitude))


# onnxruntime has its own exp and tanh, of a few units in the last place.
allowed = 16
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.argv[1], folder], check=True)
    graphs = sorted(pathlib.Path(folder).glob("*.onnx"))
    worst = {path.stem: worst_difference(path) for path in graphs}
for name, difference in worst.items():
    print(f"{name:24} {difference:8.3g} times its rounding")
sys.exit(0 if len(worst) >= 22 and all(difference <= allowed for difference in worst.values()) else 1)
