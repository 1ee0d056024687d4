"""Calls a function of the library that the first argument names, in the way that the second one names."""

import ctypes
import os
import signal
import sys
import threading
import time

library = ctypes.CDLL(sys.argv[1])
release = library.wgpuInstanceRelease
release.argtypes = [ctypes.c_void_p]
release.restype = None
for _ in range(300):
    release(None)

if sys.argv[2] == "fork":
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            release(None)

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        time.sleep(0.005)
        child = os.fork()
        if child == 0:
            # A child that hangs is ended, and seen.
            signal.alarm(20)
            release(None)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print("a child ended with", status)
            os._exit(9)
    stop.set()
    for thread in threads:
        thread.join()
elif sys.argv[2] == "abort":
    os.abort()
elif sys.argv[2] == "_exit":
    os._exit(7)
