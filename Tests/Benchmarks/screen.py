"""The screen's bars: Benchtop and, where it can be imported, W&B LEET, through one pseudo-terminal driver.

    python3 screen.py PROGRAM FOLDER        FOLDER holds the stores of `bench sessions`

Each measure is taken in turns, five rounds; medians are printed. CPU-seconds are those of the process tree, because
wall times say little on a shared machine. A curve is on the screen when the first braille character has come.
"""

import fcntl
import importlib.util
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROUNDS = 5
TICKS = os.sysconf("SC_CLK_TCK")
LEET_VERSION = "0.31.0"


def tree(process):
    """A process and all that descend from it."""
    found, open_ = [], [process]
    while open_:
        one = open_.pop()
        found.append(one)
        try:
            for thread in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{thread}/children") as file:
                    open_ += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def fields(process):
    with open(f"/proc/{process}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()


class Program:
    """A program in a pseudo-terminal of 160x48 cells."""

    def __init__(self, arguments, environment):
        self.began = time.monotonic()
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ.clear()
            os.environ.update(environment)
            os.execvp(arguments[0], arguments)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
        self.text, self.first, self.curve = b"", None, None

    def read(self, seconds):
        """Bytes that come within so many seconds; returns at the first."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError:
            return b""
        # What a terminal answers: its background, its device attributes, its cursor.
        for question, answer in [
            (b"\x1b]11;?", b"\x1b]11;rgb:1414/1818/1f1f\x1b\\"), (b"\x1b[c", b"\x1b[?62;22c"),
            (b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
        ]:
            if question in data:
                os.write(self.terminal, answer)
        now = time.monotonic() - self.began
        self.text = (self.text + data)[-(1 << 20):]
        if self.first is None and len(self.text) > 500:
            self.first = now
        if self.curve is None and any(bytes([0xE2, low]) in data for low in range(0xA0, 0xA4)):
            self.curve = now
        return data

    def settle(self, quiet=0.6, limit=60):
        """Reads until nothing has come for a while."""
        end, taken = time.monotonic() + limit, 0
        while time.monotonic() < end:
            data = self.read(quiet)
            if not data:
                return taken
            taken += len(data)
        return taken

    def wait(self, text, limit=30):
        end = time.monotonic() + limit
        while text not in self.text and time.monotonic() < end:
            self.read(0.2)
        return text in self.text

    def type(self, keys):
        os.write(self.terminal, keys)

    def cpu(self):
        """CPU-seconds of the tree, and of what it has waited for."""
        total = 0
        for one in tree(self.process):
            try:
                total += sum(int(value) for value in fields(one)[11:15])
            except OSError:
                pass
        return total / TICKS

    def memory(self):
        """Megabytes of the tree."""
        pages = 0
        for one in tree(self.process):
            try:
                pages += int(fields(one)[21])
            except OSError:
                pass
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self):
        for one in tree(self.process):
            try:
                os.kill(one, signal.SIGKILL)
            except OSError:
                pass
        try:
            os.waitpid(self.process, 0)
        except OSError:
            pass
        os.close(self.terminal)


def environment(folder):
    names = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "xterm-256color", "COLORTERM": "truecolor",
             "LANG": "C.UTF-8"}
    for name in ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"]:
        names[name] = folder
    return names


class Benchtop:
    name = "Benchtop"

    def __init__(self, program, stores, folder):
        self.program, self.stores, self.folder = program, stores, folder

    def open(self, store="one"):
        copy = os.path.join(self.folder, "store.sqlite")
        for end in ["", "-wal", "-shm"]:
            if os.path.exists(copy + end):
                os.remove(copy + end)
        if store:
            shutil.copy(os.path.join(self.stores, store + ".sqlite"), copy)
        return Program([self.program, "--store", copy], environment(self.folder))

    def overlay(self, program):
        program.type(b"3")
        program.settle(0.3)
        program.type(b"\x01")

    key = b"\x1b[C"

    def live(self, program):
        """One arm, paused; a step is asked for five times a second: key, step, report, store, paint."""
        program.settle(0.3)
        program.type(b"2lr ")
        program.settle(0.5)

        def report():
            program.type(b"s")

        return report


class Leet:
    name = "W&B LEET " + LEET_VERSION

    def __init__(self, folder):
        self.folder = folder
        self.runs = {"one": self.log(1, 10_000, "one"), "many": self.log(101, 10_000, "many")}

    def log(self, runs, points, name):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        code = (
            "import wandb, random\n"
            f"for run in range({runs}):\n"
            f"    random.seed(run); r = wandb.init(project='bench', name=f'run {{run}}', mode='offline', dir={folder!r})\n"
            f"    for i in range({points}):\n"
            "        v = 1 / (i + 1) + 0.01 * random.gauss(0, 1)\n"
            "        r.log({'loss': v, 'root': abs(v) ** 0.5})\n"
            "    r.finish()\n")
        subprocess.run([sys.executable, "-c", code], check=True, env=self.environment(), stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return os.path.join(folder, "wandb")

    def environment(self):
        return environment(self.folder) | {"WANDB_SILENT": "true", "WANDB_MODE": "offline"}

    def open(self, store="one"):
        folder = self.runs[store]
        if store == "one":
            run = next(name for name in os.listdir(folder) if name.startswith("offline-run-"))
            folder = os.path.join(folder, run)
        return Program(["wandb", "leet", folder], self.environment())

    def overlay(self, program):
        program.type(b"\x01")
        program.settle(0.5)
        program.type(b"y")

    key = b"\x1b[B"


def first(tool):
    program = tool.open()
    program.settle()
    result = (program.first or float("nan")) * 1e3, (program.curve or float("nan")) * 1e3, program.cpu()
    program.end()
    return result


def idle(tool):
    program = tool.open()
    program.settle(1.5)
    start, taken, end = program.cpu(), 0, time.monotonic() + 10
    while time.monotonic() < end:
        taken += len(program.read(0.2))
    result = (program.cpu() - start) / 10 * 100, taken
    program.end()
    return result


def keys(tool):
    program = tool.open()
    program.settle(1.0)
    delays = []
    for _ in range(60):
        while program.read(0.05):
            pass
        start = time.monotonic()
        program.type(tool.key)
        if program.read(0.5):
            delays.append((time.monotonic() - start) * 1e3)
    program.end()
    return delays


def many(tool):
    program = tool.open("many")
    program.settle(1.5)
    start = program.cpu()
    tool.overlay(program)
    program.settle(1.5)
    result = program.cpu() - start, program.memory()
    program.end()
    return result


def live(tool, seconds=10):
    program = tool.open(None)
    report = tool.live(program)
    start, delays, steps = program.cpu(), [], 0
    while steps < 5 * seconds:
        asked = time.monotonic()
        report()
        steps += 1
        while time.monotonic() < asked + 0.2:
            if program.read(asked + 0.2 - time.monotonic()) and len(delays) < steps:
                delays.append((time.monotonic() - asked) * 1e3)
    result = (program.cpu() - start) / seconds * 100, delays
    program.end()
    return result


def middle(values):
    values = [value for value in values if value == value]
    return statistics.median(values) if values else float("nan")


def line(what, values, bar, digits=1):
    cells = [f"{value:.{digits}f}" if value == value else "-" for value in values]
    ratio = f"{values[1] / values[0]:.1f}x" if len(values) > 1 and values[0] > 0 and values[1] == values[1] else "-"
    print(f"{what:46}" + "".join(f"{cell:>14}" for cell in cells + [""] * (2 - len(cells)) + [ratio, bar]))


def main():
    program, stores = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    folder = tempfile.mkdtemp(prefix="benchtop-screen-")
    tools = [Benchtop(program, stores, folder)]
    if importlib.util.find_spec("wandb") and shutil.which("wandb"):
        tools.append(Leet(tempfile.mkdtemp(prefix="benchtop-leet-")))
    else:
        print("python3 cannot import wandb; its column stays empty. 'pip install wandb==%s' offers it." % LEET_VERSION)
    print(f"{'screen, 160x48':46}" + "".join(f"{name:>14}" for name in ["Benchtop", "W&B LEET", "ratio", "bar"]))

    rounds = {tool: [] for tool in tools}
    for _ in range(ROUNDS):
        for tool in tools:
            rounds[tool].append(first(tool))
    line("first frame, ms", [middle([r[0] for r in rounds[tool]]) for tool in tools], "40")
    line("first curve, ms", [middle([r[1] for r in rounds[tool]]) for tool in tools], "80")
    line("CPU-seconds until it is still", [middle([r[2] for r in rounds[tool]]) for tool in tools], "", 2)

    rounds = {tool: [idle(tool) for _ in range(2)] for tool in tools}
    line("idle CPU, %", [middle([r[0] for r in rounds[tool]]) for tool in tools], "0.1", 2)
    line("idle bytes in 10 s", [middle([r[1] for r in rounds[tool]]) for tool in tools], "0", 0)

    delays = {tool: sorted(sum((keys(tool) for _ in range(3)), [])) for tool in tools}
    line("key to first byte, p50 ms", [middle(delays[tool]) for tool in tools], "3")
    line("key to first byte, p99 ms",
         [delays[tool][int(len(delays[tool]) * 0.99)] if delays[tool] else float("nan") for tool in tools], "16")

    rounds = {tool: [] for tool in tools}
    for _ in range(3):
        for tool in tools:
            rounds[tool].append(many(tool))
    line("100 sessions x 10k points laid over, CPU-s", [middle([r[0] for r in rounds[tool]]) for tool in tools], "1", 2)
    line("  memory, MB", [middle([r[1] for r in rounds[tool]]) for tool in tools], "100", 0)

    percent, delays = live(tools[0])
    line("5 reports a second: CPU of screen and store, %", [percent], "2", 2)
    line("  report to paint with the key, p50 ms", [middle(delays)], "17")
    for made in [tool.folder for tool in tools]:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    main()
