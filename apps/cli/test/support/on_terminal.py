"""Runs a command on a terminal. Lines of JSON on stdin: {"type": text}, {"resize": [rows, cols]}, {"kill": signal}. What the command
writes goes to stdout as it is; at its end one line of JSON on stderr: its exit code, and whether the terminal's modes are as they were."""
import fcntl, json, os, pty, select, signal, struct, sys, termios


def resize(fd, rows, cols):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


pid, master = pty.fork()
if pid == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
    os.execvp(sys.argv[1], sys.argv[1:])
os.waitpid(pid, os.WUNTRACED)
# Kept open: the modes can be read after the command has gone.
terminal = os.open(os.ptsname(master) if hasattr(os, "ptsname") else os.readlink(f"/proc/{pid}/fd/0"), os.O_RDWR | os.O_NOCTTY)
before = termios.tcgetattr(terminal)
resize(master, 24, 80)
os.kill(pid, signal.SIGCONT)
commands = b""
status = None
reading = [0, master]
while status is None:
    ready, _, _ = select.select(reading, [], [], 0.05)
    if master in ready:
        os.write(1, os.read(master, 65536))
    if 0 in ready:
        chunk = os.read(0, 65536)
        if not chunk:
            reading.remove(0)
        commands += chunk
        while b"\n" in commands:
            line, commands = commands.split(b"\n", 1)
            command = json.loads(line)
            if "type" in command:
                os.write(master, command["type"].encode())
            if "resize" in command:
                resize(master, *command["resize"])
            if "kill" in command:
                os.kill(pid, command["kill"])
    if master not in ready:
        ended, value = os.waitpid(pid, os.WNOHANG)
        if ended:
            status = value
# What it wrote right before its end.
while select.select([master], [], [], 0)[0]:
    os.write(1, os.read(master, 65536))
code = os.waitstatus_to_exitcode(status)
print(json.dumps({"code": code, "restored": termios.tcgetattr(terminal) == before}), file=sys.stderr)
