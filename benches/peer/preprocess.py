"""How long others take from JPEG bytes to the network's input: CPU milliseconds, one thread, as JSON.

`preprocess.py WIDTH HEIGHT RUNS PHOTO` times each way in turn, RUNS times, and prints the medians.
"""

import io
import json
import statistics
import sys
import time

import cv2
import numpy as np
import torch
from PIL import Image
from torchvision import transforms

width, height, runs = (int(argument) for argument in sys.argv[1:4])
with open(sys.argv[4], "rb") as file:
    data = file.read()
cv2.setNumThreads(1)
torch.set_num_threads(1)
MEAN, DEVIATION = (0.55, 0.45, 0.40), (0.25, 0.25, 0.25)
to_tensor = transforms.Compose(
    [transforms.Resize((height, width), antialias=True), transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)]
)
coded = np.frombuffer(data, np.uint8)


def pillow_torchvision():
    return to_tensor(Image.open(io.BytesIO(data)).convert("RGB"))


def opencv(flag):
    pixels = cv2.cvtColor(cv2.imdecode(coded, flag), cv2.COLOR_BGR2RGB)
    pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    pixels = (pixels.astype(np.float32) / 255 - np.float32(MEAN)) / np.float32(DEVIATION)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def reduced():
    """The strongest reduction that still covers the input: the fastest that is fair."""
    with Image.open(io.BytesIO(data)) as photo:
        scale = min(photo.width / width, photo.height / height)
    for least, flag in (
        (8, cv2.IMREAD_REDUCED_COLOR_8),
        (4, cv2.IMREAD_REDUCED_COLOR_4),
        (2, cv2.IMREAD_REDUCED_COLOR_2),
    ):
        if scale >= least:
            return flag
    return cv2.IMREAD_COLOR


flag = reduced()
ways = {
    "pillow_torchvision": pillow_torchvision,
    "opencv": lambda: opencv(cv2.IMREAD_COLOR),
    "opencv_reduced": lambda: opencv(flag),
}
times = {name: [] for name in ways}
for run in range(runs + 1):
    for name, way in ways.items():
        started = time.process_time()
        way()
        if run:
            times[name].append((time.process_time() - started) * 1e3)
print(json.dumps({name: statistics.median(measured) for name, measured in times.items()}))
