"""What fits.py and lasso.py share; to be imported before NumPy, since it asks for one thread."""
import contextlib
import importlib
import os
import signal
import subprocess
import sys
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
warnings.filterwarnings("ignore")
sys.dont_write_bytecode = True


def timed(f):
    """Seconds of the processor, and what f returned."""
    start = time.process_time()
    out = f()
    return time.process_time() - start, out


@contextlib.contextmanager
def ended_after(seconds):
    """TimeoutError in the body; what stays in compiled code is stopped when it comes back to Python."""

    def stop(*_):
        raise TimeoutError(f"no end within {seconds:g} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(int(seconds))
    try:
        yield
    finally:
        signal.alarm(0)


def has_module(name):
    try:
        importlib.import_module(name)
        return True
    except ImportError:
        return False


def has_r_package(name):
    try:
        test = ["Rscript", "-e", f"quit(status = !requireNamespace('{name}', quietly = TRUE))"]
        return subprocess.run(test, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
