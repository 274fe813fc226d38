"""The benchmarks' other side: reads "name count", does that work so often, and answers with CPU-seconds.

Beside the works there are "memory", the most bytes that the process had; "versions"; "limits"; and "operations NAME",
the floating-point operations of the products in one step, by PyTorch's own formulas. What cannot be done is
answered with "! reason".
"""

import sys
import time


def torch_works():
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    import engines
    import kernels
    import networks
    import sampling

    return {
        "mlp": networks.mlp, "gpt": networks.gpt, "unet": networks.unet, "steve": engines.steve,
        "tulip": engines.tulip, "deepmesh": engines.deepmesh, "musicinfuser": engines.musicinfuser,
        "phi-decoding": engines.phi_decoding, "curie": engines.curie,
        "sample1": lambda: sampling.sampler(1), "sample64": lambda: sampling.sampler(64), **kernels.WORKS,
    }


def tensorboard_works():
    from storage import tensorboard_works

    return tensorboard_works()


def llama_works():
    from models import llama_works

    return llama_works()


def version():
    from models import version

    return version()


def versions():
    import torch

    return f"PyTorch {torch.__version__}"


def limits():
    from limits import limits

    return limits()


def memory():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def operations(step):
    # PyTorch's FlopCounterMode also follows modules, and gives up on one that runs without a gradient.
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils.flop_counter import flop_registry

    class Counter(TorchDispatchMode):
        total = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            formula = flop_registry.get(function.overloadpacket)
            if formula:
                self.total += formula(*args, **(kwargs or {}), out_val=result)
            return result

    with Counter() as counter:
        step()
    return counter.total


class Side:
    def __init__(self, works):
        self.works, self.steps = works, {}

    def step(self, name):
        if name not in self.steps:
            self.steps[name] = self.works[name]()
        return self.steps[name]

    def answer(self, name, argument="1"):
        facts = {"memory": memory, "version": version, "versions": versions, "limits": limits}
        if name in facts:
            return facts[name]()
        if name == "operations":
            return operations(self.step(argument))
        if name not in self.works:
            return f"! there is no work called '{name}' on this side"
        if name == "bytes":
            return self.works[name]()
        step = self.step(name)
        start = time.process_time()
        for _ in range(int(argument)):
            step()
        return time.process_time() - start


def main():
    side = Side({"torch": torch_works, "tensorboard": tensorboard_works, "xllamacpp": llama_works}[sys.argv[1]]())
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            print(side.answer(*line.split()), flush=True)
        except Exception as error:
            print(f"! {type(error).__name__}: {error}".replace("\n", " "), flush=True)


main()
