#!/usr/bin/env python3
"""What the console costs where it is used: in a terminal of 120x40.

    benches/terminal.py target/release/regdesk DATA_HOME [ARGUMENT ...]

DATA_HOME holds `regdesk/engine.redb`, for example made by `XDG_DATA_HOME=DATA_HOME regdesk generate --count 100000`.
Arguments are the program's, for example `demo --count 100000 --speed 100`.
Measured are the first frame, how long until everybody is listed, keys until the last byte of their frame (median and 99th
percentile, milliseconds), bytes of a frame, resident memory, and what an idle console does. Linux only.
"""

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time

ROWS, COLUMNS = 40, 120
# A frame is over when nothing has come for so long; longer than that between keys, so that none waits for a frame before.
SILENCE = 0.015
PAUSE = 0.010
# Names of steps, as rows have them.
PEOPLE = rb"(E-mail|Phone) code|Sign-up fo|Document|Selfie"
# Whoever answers later than this does not answer.
PATIENCE = 5.0


class Console:
    def __init__(self, program, data_home, arguments=()):
        home = tempfile.mkdtemp()
        environment = {
            "PATH": os.environ["PATH"], "HOME": home, "XDG_DATA_HOME": data_home, "XDG_STATE_HOME": home,
            "XDG_CONFIG_HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8",
        }
        self.begun, self.waited = time.perf_counter(), 0.0
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(program, [program, *arguments], environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def read(self, seconds):
        """What has come within so many seconds; nothing if nothing has."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self.terminal, 1 << 16)
        except OSError:
            sys.exit("the console has ended")

    def until(self, pattern, seconds):
        """Milliseconds from the start until something is on the screen."""
        seen, end = b"", time.perf_counter() + seconds
        while not re.search(pattern, seen):
            if time.perf_counter() > end:
                return float("nan")
            seen += self.read(0.05)
        return (time.perf_counter() - self.begun) * 1000

    def calm(self):
        """Milliseconds from the start until it does nothing any more, to half a second."""
        ticks = os.sysconf("SC_CLK_TCK")
        while True:
            before = self.busy()
            while (left := self.begun + 0.5 - time.perf_counter() + self.waited) > 0:
                self.read(left)
            self.waited += 0.5
            if self.busy() - before < ticks / 20:
                return self.waited * 1000

    def busy(self):
        with open(f"/proc/{self.pid}/stat", encoding="utf-8") as stat:
            return sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))

    def settle(self, seconds=0.3):
        while self.read(seconds):
            pass

    def key(self, key):
        """Milliseconds until the last byte of the frame, and how many bytes that has."""
        begun = time.perf_counter()
        os.write(self.terminal, key)
        took, count = float("nan"), 0
        while piece := self.read(SILENCE if count else PATIENCE):
            took, count = (time.perf_counter() - begun) * 1000, count + len(piece)
        time.sleep(PAUSE)
        return took, count

    def keys(self, what, keys, rounds):
        measured = [self.key(key) for _ in range(rounds) for key in keys]
        times, sizes = sorted(took for took, _ in measured), [count for _, count in measured]
        last = times[min(len(times) - 1, len(times) * 99 // 100)]
        print(f"{what:<34} {statistics.median(times):8.1f} {last:8.1f} ms {int(statistics.median(sizes)):6} bytes", flush=True)

    def typed(self, text):
        self.key(b"/")
        times = [self.key(letter.encode())[0] for letter in text]
        print(f"typed: {text:<27} " + " ".join(f"{took:.0f}" for took in times) + " ms", flush=True)
        for _ in range(2):
            self.key(b"\x1b")
            # Escape is a key once nothing follows it.
            time.sleep(0.1)

    def resident(self):
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as status:
            found = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+)", status.read()))
        return int(found["VmRSS"]) // 1024, int(found["VmHWM"]) // 1024

    def woken(self):
        counts = []
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/status", encoding="utf-8") as status:
                counts += re.findall(r"voluntary_ctxt_switches:\s+(\d+)", status.read())
        return sum(map(int, counts))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    console = Console(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:])
    print(f"first frame with people {console.until(PEOPLE, 120):.0f} ms", flush=True)
    print(f"everybody is listed after {console.calm():.0f} ms or sooner", flush=True)
    console.settle(1.0)
    console.keys("down, up", [b"j", b"k"], 150)
    console.keys("a page down, a page up", [b"\x1b[6~", b"\x1b[5~"], 100)
    console.keys("to the end, to the beginning", [b"G", b"g"], 20)
    console.keys("the next order", [b"o"], 16)
    for text in ["martinez", "example", "qzxqzx", "status:failed", "~mrtnz", "+1 202", "flag:high age:>2d"]:
        console.typed(text)
    console.keys("facets and back", [b"F", b"\x1b"], 10)
    console.keys("insights and back", [b"i", b"\x1b"], 10)
    console.keys("flags and back", [b"f", b"\x1b"], 10)
    console.keys("a registration and back", [b"\r", b"\x1b"], 30)
    print("resident, and at most: {} and {} MiB".format(*console.resident()))
    console.settle(1.0)
    woken, written, end = console.woken(), 0, time.perf_counter() + 5
    while (left := end - time.perf_counter()) > 0:
        written += len(console.read(left))
    print(f"idle for five seconds: {written} bytes, woken {console.woken() - woken} times")
    os.kill(console.pid, signal.SIGTERM)
    os.waitpid(console.pid, 0)


main()
