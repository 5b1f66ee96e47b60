"""A network of timm with random weights, with the contract of the service.

`make_models.py NAME SIDE FILE`, as `efficientnet_b0 380 b0.onnx`, writes the file. It needs timm and `models/training`. What it
grades means nothing; how long it takes is what a trained one takes.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import timm
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models" / "training"))

from dupi_training import contract  # noqa: E402
from dupi_training.grader import Exported, ScalpGrader  # noqa: E402

BUNDLED = Path(__file__).resolve().parents[2] / "models" / "dupi-demo.onnx"
OUTPUTS = ["probs", "severity", "cam", "view"]


class Backbone(nn.Module):
    """The features of a timm network."""

    def __init__(self, name):
        super().__init__()
        self.network = timm.create_model(name, pretrained=False, num_classes=0, global_pool="")
        self.channels, self.stride = self.network.num_features, 32

    def forward(self, image):
        return self.network.forward_features(image)


def write(name, side, path):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    grader = ScalpGrader(Backbone(name)).eval()
    shipped = Exported(grader, [1.0] * len(contract.CONDITIONS), 1.0).eval()
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "draft.onnx"
        torch.onnx.export(
            shipped,
            (torch.zeros(2, 3, side, side),),
            str(draft),
            dynamo=True,
            input_names=["image"],
            output_names=OUTPUTS,
            dynamic_shapes={"image": {0: torch.export.Dim("batch", min=1, max=1024)}},
            external_data=False,
            optimize=True,
            verbose=False,
        )
        graph = onnx.load(str(draft))
    # The contract of the model that ships, but for what is another size here.
    entries = {entry.key: entry.value for entry in onnx.load(str(BUNDLED)).metadata_props}
    told = json.loads(entries["scalp.input"])
    told["width"] = told["height"] = side
    outputs = json.loads(entries["scalp.outputs"])
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    cells = session.run(["cam"], {"image": np.zeros((1, 3, side, side), np.float32)})[0].shape[2:]
    outputs["cam"]["shape"] = ["N", len(contract.CONDITIONS), *cells]
    entries["scalp.input"], entries["scalp.outputs"] = json.dumps(told), json.dumps(outputs)
    # Advisory, so that every photo is graded; and the numbers of another network are no self-test here.
    entries["scalp.gate"] = "advisory"
    for key in ("scalp.selftest", "scalp.weights_sha256", "scalp.metrics"):
        entries.pop(key, None)
    del graph.metadata_props[:]
    for key, value in entries.items():
        graph.metadata_props.add(key=key, value=value)
    onnx.save(graph, str(path))


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
