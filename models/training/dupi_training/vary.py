"""Changes a picture so that one seen again is another picture: what cameras and hands do, never what a
condition looks like. Colour changes multiply whole channels, so that red stays redder than skin."""

import cv2
import numpy as np


def vary(rng, pixels, evidence, is_close_up):
    """uint8 RGB [H,W,3] and uint8 [h,w,6] to the same shapes."""
    if rng.random() < 0.5:
        pixels, evidence = pixels[::-1], evidence[::-1]
    if rng.random() < 0.5:
        pixels, evidence = pixels[:, ::-1], evidence[:, ::-1]
    if rng.random() < 0.5:
        pixels, evidence = cut(rng, np.ascontiguousarray(pixels), evidence, 0.80 if is_close_up else 0.5)
    image = pixels.astype(np.float32)
    if rng.random() < 0.8:
        gains = np.exp(rng.normal(0, 0.05, 3) + rng.normal(0, 0.10))
        image = image * gains.astype(np.float32)
    if rng.random() < 0.3:
        image = 255 * (np.clip(image, 0, 255) / 255) ** np.float32(np.exp(rng.normal(0, 0.15)))
    if rng.random() < 0.3:
        grey = image.mean(axis=2, keepdims=True)
        image = grey + (image - grey) * np.float32(rng.uniform(0.8, 1.2))
    roll = rng.random()
    if roll < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.3))
    elif roll < 0.22:
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.7, 1.6))
        image = image + (image - soft) * np.float32(rng.uniform(0.3, 1.2))
    elif roll < 0.28:
        image = smear(rng, image)
    if rng.random() < 0.25:
        image = image + rng.standard_normal(image.shape[:2], np.float32)[..., None] * np.float32(rng.uniform(1, 7))
    pixels = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        _, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(28, 92))])
        pixels = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    if rng.random() < 0.08:
        pixels = framed(rng, pixels)
    return np.ascontiguousarray(pixels), np.ascontiguousarray(evidence)


def cut(rng, pixels, evidence, least):
    """A window of `least` to all of the side, grown back to the frame."""
    height, width = pixels.shape[:2]
    share = rng.uniform(least, 1.0)
    tall, wide = int(height * share), int(width * share)
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    grown = cv2.resize(pixels[top : top + tall, left : left + wide], (width, height), interpolation=cv2.INTER_LINEAR)
    rows, columns = evidence.shape[:2]
    scale_x, scale_y = wide / width, tall / height
    # Cell centres of the window, in cells of the whole frame.
    move_x = left / width * columns + 0.5 * scale_x - 0.5
    move_y = top / height * rows + 0.5 * scale_y - 0.5
    place = np.array(((scale_x, 0, move_x), (0, scale_y, move_y)))
    way = {"flags": cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, "borderMode": cv2.BORDER_REPLICATE}
    halves = (np.ascontiguousarray(evidence[..., :3]), np.ascontiguousarray(evidence[..., 3:]))
    seen = np.dstack([cv2.warpAffine(half, place, (columns, rows), **way) for half in halves])
    return grown, seen


def smear(rng, image):
    """A hand that moved."""
    size = int(rng.integers(2, 6)) * 2 + 1
    kernel = np.zeros((size, size), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = (size // 2) * np.array((np.cos(angle), np.sin(angle)))
    start, end = (np.round(size // 2 + way * reach).astype(int).tolist() for way in (-1, 1))
    cv2.line(kernel, start, end, 1.0)
    return cv2.filter2D(image, -1, kernel / max(kernel.sum(), 1))


def framed(rng, pixels):
    """Black bars or a line of print that a program left on the picture."""
    pixels = np.array(pixels)
    height, width = pixels.shape[:2]
    kind = rng.integers(3)
    if kind == 0:
        edge = int(rng.uniform(0.02, 0.1) * width)
        pixels[:, :edge] = pixels[:, width - edge :] = int(rng.integers(0, 25))
    elif kind == 1:
        edge = int(rng.uniform(0.02, 0.1) * height)
        pixels[:edge] = pixels[height - edge :] = int(rng.integers(0, 25))
    else:
        text = "".join(rng.choice(list("0123456789:-/ x"), int(rng.integers(4, 18))))
        place = (int(rng.uniform(0, 0.7) * width), int(rng.choice((14, height - 8))))
        shade = (255, 255, 255) if rng.random() < 0.6 else (255, 230, 60)
        cv2.putText(pixels, text, place, 0, rng.uniform(0.3, 0.6), shade, 1, cv2.LINE_AA)
    return pixels
