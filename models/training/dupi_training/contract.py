"""What every severity model of this project agrees on, whatever it was trained on.

The names here end up in the metadata of the ONNX file; the service maps conditions by these ids.
"""

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

MODEL_ID = "dupi-demo"
MODEL_VERSION = "2026.11.1"
LICENCE = "Apache-2.0 OR MIT"
