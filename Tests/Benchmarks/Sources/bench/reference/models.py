"""llama.cpp on the model that 'benchtop models pull smollm2' fetched, one thread."""

import importlib.metadata
import os


def llama_works():
    import xllamacpp

    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = os.path.join(cache, "benchtop/models/smollm2.gguf")
    parameters.n_ctx, parameters.n_parallel, parameters.warmup = 1024, 1, False
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)
    sentence = "the old bridge over the river was rebuilt in 1987 after a flood had taken it away; "
    rounds = [0]

    def complete(text, longest):
        def step():
            rounds[0] += 1
            server.handle_completions({
                "prompt": f"{rounds[0]} {text}", "max_tokens": longest, "temperature": 0, "cache_prompt": False,
                "ignore_eos": True})

        return step

    return {
        "prompt": lambda: complete(sentence * 22, 1),
        "generation": lambda: complete("Once upon a time there was a", 64),
    }


def version():
    return f"llama.cpp by xllamacpp {importlib.metadata.version('xllamacpp')}"
