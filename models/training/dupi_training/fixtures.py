"""Sample photos for tests and documents: rendered, then picked because the given model sees in them
what their name says. The search is by seed, so the same model picks the same photos."""

import json

import cv2
import numpy as np
import onnx
from PIL import Image

from . import calibrate, evaluate, preprocess, quality
from .contract import CONDITIONS, VIEWS
from .generator import close_up, from_afar, negatives

SIZE = (480, 640)
LIMIT = 120_000
TRIES = 400


class Judge:
    """What the service would say of a photo."""

    def __init__(self, model):
        entries = {p.key: p.value for p in onnx.load(model).metadata_props}
        stated = json.loads(entries["scalp.decision"])
        self.decision = calibrate.Decision(stated["rule"], stated["abstain_below"], **stated["view"])
        self.quality = json.loads(entries["scalp.quality"])
        self.session = evaluate.session(model)

    def verdict(self, path):
        photo = Image.open(path)
        pixels = np.asarray(photo.convert("RGB"))
        measured = quality.measure(pixels)
        outputs = self.session.run(["probs", "severity", "view"], {"image": preprocess.tensor(photo)})
        probabilities, severity, view = outputs
        problems = []
        if measured["mean"] < self.quality["dark_mean"]:
            problems.append("dark")
        if measured["mean"] > self.quality["bright_mean"] or measured["clipped"] > self.quality["clipped_fraction"]:
            problems.append("overexposed")
        if measured["blur_ratio"] > self.quality["blur_ratio_refuse"]:
            problems.append("blurred")
        elif measured["blur_ratio"] > self.quality["blur_ratio_warn"]:
            problems.append("soft")
        return {
            "quality": problems,
            "measures": {key: round(value, 3) for key, value in measured.items()},
            "view": VIEWS[int(self.decision.view_of(view)[0])],
            "view_probabilities": [round(float(p), 3) for p in view[0]],
            "grades": [int(g) for g in self.decision.grades_of(probabilities, severity)[0]],
            "confidence": [round(float(p), 2) for p in probabilities[0].max(1)],
        }


def save(path, pixels):
    """As small a JPEG as the limit asks for."""
    for quality_step in (90, 85, 78, 70, 60):
        Image.fromarray(pixels).save(path, quality=quality_step, subsampling=0 if quality_step > 80 else 2)
        if path.stat().st_size < LIMIT:
            return
    raise ValueError(f"{path} does not fit {LIMIT} bytes")


def graded(wanted):
    def render(rng):
        return close_up.render(rng, *SIZE, grades=np.array(wanted), gentle=True)[0]

    return render


def dark(rng):
    return (graded([0] * 6)(rng) * 0.13).astype(np.uint8)


def overexposed(rng):
    return np.clip(graded([0] * 6)(rng).astype(np.float32) * 2.2 + 90, 0, 255).astype(np.uint8)


def blurred(rng):
    return cv2.GaussianBlur(graded([0, 0, 1, 0, 0, 0])(rng), (0, 0), 7.0)


def normal(seen):
    """Sharp, a close-up, every condition absent, none withheld."""
    good = seen["quality"] == [] and seen["view"] == "close_up" and max(seen["grades"]) == 0
    return good and min(seen["confidence"]) >= 0.6


def like(wanted, seen, severe=False):
    """Sharp, a close-up; what was drawn is graded within one grade, what was not drawn at most 1.

    What was drawn is not withheld (0.46 leaves a margin over the threshold). A severe frame shows at least
    one grade 3 that is certain.
    """
    if seen["quality"] or seen["view"] != "close_up":
        return False
    triples = list(zip(wanted, seen["grades"], seen["confidence"]))
    drawn = all(said >= 1 and abs(said - want) <= 1 and sure >= 0.46 for want, said, sure in triples if want)
    absent = all(said <= 1 for want, said, _ in triples if not want)
    strong = any(said == 3 and sure >= 0.6 for _, said, sure in triples)
    return drawn and absent and (strong or not severe)


def view_only(name):
    return lambda seen: not seen["quality"] and seen["view"] == name and seen["view_probabilities"][VIEWS.index(name)] > 0.9


MIXED, SEVERE = [0, 2, 2, 0, 0, 0], [3, 0, 3, 0, 0, 0]
WANTED = {
    "close_up_normal": (graded([0] * 6), normal),
    "close_up_mixed": (graded(MIXED), lambda seen: like(MIXED, seen)),
    "close_up_severe": (graded(SEVERE), lambda seen: like(SEVERE, seen, severe=True)),
    "from_afar": (lambda rng: from_afar.render(rng, *SIZE, family="whorl"), view_only("from_afar")),
    "not_scalp": (lambda rng: negatives.render(rng, *SIZE, family="landscape"), view_only("other")),
    "dark": (dark, lambda seen: "dark" in seen["quality"]),
    "overexposed": (overexposed, lambda seen: "overexposed" in seen["quality"]),
    "blurred": (blurred, lambda seen: seen["quality"] == ["blurred"] and seen["measures"]["blur_ratio"] > 0.87),
}


def make(model, folder, say):
    """Writes `<name>.jpg` for each wanted photo and `photos.json` with seeds and verdicts."""
    folder.mkdir(parents=True, exist_ok=True)
    judge, book = Judge(model), {}
    for number, (name, (render, fits)) in enumerate(WANTED.items()):
        path = folder / f"{name}.jpg"
        for seed in range(TRIES):
            save(path, np.ascontiguousarray(render(np.random.default_rng((777, number, seed)))))
            seen = judge.verdict(path)
            if fits(seen):
                break
        else:
            raise ValueError(f"no seed below {TRIES} gives {name}; the last verdict was {seen}")
        book[name] = {"seed": seed, "bytes": path.stat().st_size} | seen
        say(f"{name}: seed {seed}, {seen}")
    (folder / "photos.json").write_text(json.dumps({"conditions": CONDITIONS, "photos": book}, indent=2) + "\n")
