"""The screen's bars: Benchtop and, where it can be imported, W&B LEET, through one pseudo-terminal driver.

    python3 screen.py PROGRAM FOLDER        FOLDER holds the stores of `bench sessions`

Each measure is taken in turns, five rounds; medians are printed. CPU-seconds are those of the process tree, because
wall times say little on a shared machine. A curve is on the screen when the first braille character has come.

Nothing is measured before what it is measured on has come, however slow the machine is; what does not come at all leaves
its row empty, with the reason below it.
"""

import fcntl
import importlib.util
import os
import pty
import re
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
# Seconds that anything may take to come, on a machine that does other things as well.
PATIENCE = 90
TICKS = os.sysconf("SC_CLK_TCK")
LEET_VERSION = "0.31.0"


class NotMeasured(Exception):
    """Why there is no number."""


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
        self.name, self.text = os.path.basename(arguments[0]), b""
        # Seconds until the first of each came.
        self.came = {"frame": None, "curve": None}

    def read(self, seconds):
        """Bytes that come within so many seconds, which may have passed already; returns at the first."""
        if not select.select([self.terminal], [], [], max(0, seconds))[0]:
            return b""
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError:
            data = b""
        if not data:
            raise NotMeasured(f"{self.name} ended: {self.last_words()}")
        # What a terminal answers: its background, its device attributes, its cursor.
        for question, answer in [
            (b"\x1b]11;?", b"\x1b]11;rgb:1414/1818/1f1f\x1b\\"), (b"\x1b[c", b"\x1b[?62;22c"),
            (b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
        ]:
            if question in data:
                os.write(self.terminal, answer)
        now = time.monotonic() - self.began
        self.text = (self.text + data)[-(1 << 20):]
        if self.came["frame"] is None and len(self.text) > 500:
            self.came["frame"] = now
        if self.came["curve"] is None and any(bytes([0xE2, low]) in data for low in range(0xA0, 0xA4)):
            self.came["curve"] = now
        return data

    def last_words(self):
        """The end of what it wrote, without control sequences."""
        plain = re.sub(rb"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|.)", b" ", self.text)
        return " ".join(plain.decode(errors="replace").split())[-100:] or "it wrote nothing"

    def settle(self, quiet=0.6):
        """Reads until nothing has come for a while in which it hardly worked: silence alone may be a busy machine's."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            before = self.cpu()
            if not self.read(quiet) and self.cpu() - before <= 0.1 * quiet:
                return
        raise NotMeasured(f"{self.name} was not still within {PATIENCE} s")

    def wait_for(self, what):
        """Reads until the first frame, or the first curve, has come."""
        end = time.monotonic() + PATIENCE
        while self.came[what] is None:
            if time.monotonic() > end:
                raise NotMeasured(f"{self.name} drew no {what} within {PATIENCE} s")
            self.read(0.2)

    def shown(self):
        """Reads until a curve has been drawn and nothing more comes."""
        self.wait_for("curve")
        self.settle()

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

    def __enter__(self):
        return self

    def __exit__(self, *_):
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
        program.settle()
        program.type(b"\x01")

    key = b"\x1b[C"

    def open_live(self):
        return self.open(None)

    def reporter(self, program):
        """One arm, paused; a step is asked for five times a second: key, step, report, store, paint."""
        program.wait_for("frame")
        program.type(b"2lr")
        end = time.monotonic() + PATIENCE
        while not self.is_paused(program):
            if time.monotonic() > end:
                raise NotMeasured(f"no trial stood still after a step within {PATIENCE} s")
        return lambda: program.type(b"s")

    @staticmethod
    def is_paused(program):
        """Whether two steps are painted, each once. A trial that runs pauses at the first; before one runs both are
        refused, and the second refusal changes nothing."""
        for _ in range(2):
            program.type(b"s")
            if not program.read(1):
                return False
            end = time.monotonic() + 1
            while program.read(0.3):
                if time.monotonic() > end:
                    return False
        return True

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Leet:
    name = "W&B LEET " + LEET_VERSION

    def __init__(self, folder):
        self.folder, self.writers = folder, []
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
        program.settle()
        program.type(b"y")

    key = b"\x1b[B"

    def open_live(self):
        """A run that a process of its own, which is not counted, reports to five times a second."""
        folder = os.path.join(self.folder, f"live-{time.monotonic_ns()}")
        os.makedirs(folder)
        code = (
            "import wandb, time, random\n"
            f"r = wandb.init(project='bench', mode='offline', dir={folder!r})\n"
            "while True: r.log({'loss': random.random(), 'root': random.random()}); time.sleep(0.2)\n")
        writer = subprocess.Popen(
            [sys.executable, "-c", code], env=self.environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        self.writers.append(writer)
        return Program(["wandb", "leet", self.run(os.path.join(folder, "wandb"), writer)], self.environment())

    def reporter(self, program):
        # Its file is written in blocks: nothing is drawn before the first of them is full.
        program.wait_for("curve")
        return lambda: None

    def run(self, runs, writer):
        """The folder of the run that a writer has begun to write."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and writer.poll() is None:
            for name in self.entries(runs):
                folder = os.path.join(runs, name)
                if name.startswith("offline-run-") and any(file.endswith(".wandb") for file in os.listdir(folder)):
                    return folder
            time.sleep(0.2)
        raise NotMeasured("wandb began no run to report to")

    @staticmethod
    def entries(folder):
        return os.listdir(folder) if os.path.isdir(folder) else []

    def close(self):
        for writer in self.writers:
            try:
                os.killpg(writer.pid, signal.SIGKILL)
            except OSError:
                pass
            writer.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def first(tool):
    with tool.open() as program:
        program.shown()
        return program.came["frame"] * 1e3, program.came["curve"] * 1e3, program.cpu()


def idle(tool, seconds=10):
    with tool.open() as program:
        program.shown()
        start, taken, end = program.cpu(), 0, time.monotonic() + seconds
        while time.monotonic() < end:
            taken += len(program.read(0.2))
        return (program.cpu() - start) / seconds * 100, taken


def keys(tool):
    with tool.open() as program:
        program.shown()
        delays = []
        for _ in range(60):
            while program.read(0.05):
                pass
            start = time.monotonic()
            program.type(tool.key)
            if program.read(0.5):
                delays.append((time.monotonic() - start) * 1e3)
        if not delays:
            raise NotMeasured("none of 60 keys was answered within half a second")
        return delays


def many(tool):
    """From the start on, because a tool may read all sessions before it is asked to draw them."""
    with tool.open("many") as program:
        program.shown()
        tool.overlay(program)
        program.settle(1.5)
        return program.cpu(), program.memory()


def live(tool, seconds=20):
    with tool.open_live() as program:
        report = tool.reporter(program)
        start, delays, steps = program.cpu(), [], 0
        while steps < 5 * seconds:
            asked = time.monotonic()
            report()
            steps += 1
            while time.monotonic() < asked + 0.2:
                if program.read(asked + 0.2 - time.monotonic()) and len(delays) < steps:
                    delays.append((time.monotonic() - asked) * 1e3)
        if not delays:
            raise NotMeasured(f"none of {steps} reports was painted")
        return (program.cpu() - start) / seconds * 100, delays


class Measured:
    """What a measure gave for every tool, round by round, and why a tool has fewer rounds than there were."""

    def __init__(self, tools, measure, rounds):
        """In turns, so that what else the machine does meets all tools."""
        self.rounds, self.results, self.reasons = rounds, {tool: [] for tool in tools}, {}
        for _ in range(rounds):
            for tool in tools:
                try:
                    self.results[tool].append(measure(tool))
                except NotMeasured as reason:
                    self.reasons[tool] = str(reason)

    def medians(self, place):
        """Of one of the numbers of each round."""
        return [middle([result[place] for result in results]) for results in self.results.values()]

    def pooled(self):
        """Of each tool, all rounds' numbers in order."""
        return [sorted(sum(results, [])) for results in self.results.values()]

    def explain(self):
        """Says below the rows of a measure what is missing in them."""
        for tool, reason in self.reasons.items():
            print(f"  {tool.name}, {len(self.results[tool])} of {self.rounds} rounds: {reason}")


def middle(values):
    return statistics.median(values) if values else None


def share(values, part):
    """The value below which a share of ordered ones lies."""
    return values[int(len(values) * part)] if values else None


def line(what, values, bar, digits=1):
    cells = ["-" if value is None else f"{value:.{digits}f}" for value in values]
    ratio = f"{values[1] / values[0]:.1f}x" if len(values) > 1 and values[0] and values[1] is not None else "-"
    print(f"{what:46}" + "".join(f"{cell:>14}" for cell in cells + [""] * (2 - len(cells)) + [ratio, bar]), flush=True)


def table(tools):
    rows = Measured(tools, first, ROUNDS)
    line("first frame, ms", rows.medians(0), "40")
    line("first curve, ms", rows.medians(1), "80")
    line("CPU-seconds until it is still", rows.medians(2), "", 2)
    rows.explain()

    rows = Measured(tools, idle, 2)
    line("idle CPU, %", rows.medians(0), "0.1", 2)
    line("idle bytes in 10 s", rows.medians(1), "0", 0)
    rows.explain()

    rows = Measured(tools, keys, 3)
    line("key to first byte, p50 ms", [middle(delays) for delays in rows.pooled()], "3")
    line("key to first byte, p99 ms", [share(delays, 0.99) for delays in rows.pooled()], "16")
    rows.explain()

    rows = Measured(tools, many, 3)
    line("100 sessions x 10k points laid over, CPU-s", rows.medians(0), "1", 2)
    line("  memory, MB", rows.medians(1), "100", 0)
    rows.explain()

    rows = Measured(tools, live, 2)
    line("5 reports a second: CPU of screen and store, %", rows.medians(0), "2", 2)
    delays = sum((delays for _, delays in rows.results[tools[0]]), [])
    line("  report to paint with the key, p50 ms", [middle(delays)], "17")
    rows.explain()


def main():
    program, stores = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    folder = tempfile.mkdtemp(prefix="benchtop-screen-")
    tools = [Benchtop(program, stores, folder)]
    if importlib.util.find_spec("wandb") and shutil.which("wandb"):
        try:
            tools.append(Leet(tempfile.mkdtemp(prefix="benchtop-leet-")))
        except subprocess.CalledProcessError as error:
            print(f"wandb could not write runs to show, status {error.returncode}; its column stays empty.")
    else:
        print("python3 cannot import wandb; its column stays empty. 'pip install wandb==%s' offers it." % LEET_VERSION)
    print(f"{'screen, 160x48':46}" + "".join(f"{name:>14}" for name in ["Benchtop", "W&B LEET", "ratio", "bar"]))
    try:
        table(tools)
    finally:
        for tool in tools:
            tool.close()


if __name__ == "__main__":
    main()
