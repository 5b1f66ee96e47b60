"""A severity service as people write it: FastAPI, Pillow, numpy and onnxruntime.

`service.py MODEL THREADS` listens on a free port of the loopback, prints `http://...` and ends when its
standard input does. It takes a photo as the body of `POST /grade`.
"""

import io
import json
import os
import socket
import sys
import threading

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from PIL import Image, ImageOps

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(sys.argv[2])
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
metadata = session.get_modelmeta().custom_metadata_map
spec = json.loads(metadata["scalp.input"])
size = (spec["width"], spec["height"])
mean, deviation = np.array(spec["mean"], np.float32), np.array(spec["std"], np.float32)
app = FastAPI()


def grade(body):
    photo = ImageOps.exif_transpose(Image.open(io.BytesIO(body))).convert("RGB")
    photo = ImageOps.fit(photo, size, Image.Resampling.BILINEAR)
    pixels = (np.asarray(photo, np.float32) / 255 - mean) / deviation
    image = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
    probabilities, severity, view = session.run(["probs", "severity", "view"], {spec["name"]: image})
    return {"severity": severity[0].tolist(), "probs": probabilities[0].tolist(), "view": view[0].tolist()}


@app.post("/grade")
async def grade_photo(request: Request):
    return await run_in_threadpool(grade, await request.body())


def end_with_input():
    sys.stdin.read()
    os._exit(0)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
threading.Thread(target=end_with_input, daemon=True).start()
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])
