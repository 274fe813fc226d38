"""Which instructions the libraries under PyTorch say that they use."""

import os
import re
import subprocess
import sys

PROGRAM = """
import torch
torch.set_num_threads(1)
x = torch.randn(256, 256)
x @ x
torch.nn.Conv2d(16, 16, 3)(torch.randn(2, 16, 32, 32))
torch.nn.functional.gelu(x)
print("aten:" + torch.backends.cpu.get_cpu_capability())
"""


def limits():
    """ATen's, oneDNN's and MKL's own words, as 'ATen AVX2, oneDNN Intel AVX2, MKL Intel(R) AVX2'."""
    environment = dict(os.environ, ONEDNN_VERBOSE="2", MKL_VERBOSE="1")
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True).stdout
    found = {
        "ATen": re.search(r"^aten:(.*)$", said, re.M),
        "oneDNN": re.search(r"^onednn_verbose.*isa:(.*)$", said, re.M),
        "MKL": re.search(r"^MKL_VERBOSE.*?(\(Intel\(R\) [^)]*\)|AVX-?[0-9]+|SSE[0-9.]+)", said, re.M),
    }
    return ", ".join(f"{name} {match.group(1).strip(' ()') if match else 'unsaid'}" for name, match in found.items())
