"""What every severity model of this project agrees on, whatever it was trained on.

The names here end up in the metadata of the ONNX file; the service maps conditions by these ids.
"""

from dataclasses import dataclass

CONTRACT = "scalp-grader/1"
CONDITIONS = (
    "fine_scaling",
    "excess_sebum",
    "interfollicular_erythema",
    "follicular_erythema_pustules",
    "dandruff",
    "hair_loss",
)
GRADES = 4
VIEWS = ("close_up", "from_afar", "other")

HEIGHT, WIDTH = 240, 320
STRIDE = 16
MEAN = (0.55, 0.45, 0.40)
STD = (0.25, 0.25, 0.25)



@dataclass(frozen=True)
class InputSpec:
    """What the graph takes: height and width in pixels, mean and std per channel of values in 0..1."""

    height: int
    width: int
    mean: tuple
    std: tuple

    def metadata(self):
        """The value of `scalp.input`. Every model takes its photo by the same rule: cover, centre, triangle filter."""
        return {
            "name": "image",
            "layout": "NCHW",
            "dtype": "float32",
            "height": self.height,
            "width": self.width,
            "color": "RGB",
            "range": [0, 1],
            "mean": list(self.mean),
            "std": list(self.std),
            "resize": "cover",
            "crop": "center",
            "interpolation": "triangle",
            "exif": "apply",
        }


DEMONSTRATION_INPUT = InputSpec(HEIGHT, WIDTH, MEAN, STD)
# What pretrained networks are used to.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

MODEL_ID = "dupi-demo"
MODEL_VERSION = "2026.11.2"
LICENCE = "Apache-2.0 OR MIT"
