"""Writes the ONNX file, stamps the contract into it, and checks what was written."""

import datetime
import hashlib
import json
import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from . import contract
from .grader import Exported, fused

OPSET = 20
OUTPUTS = ("probs", "severity", "cam", "view")
# What outputs are called until the graph is written.
DRAFT = "draft_"
SELF_TEST_SEED = 20_261_101


def self_test_input(seed, spec=contract.DEMONSTRATION_INPUT):
    """The input `lcg-v1` [1,3,H,W] in -1..1, already in the network's own range."""
    count = 3 * spec.height * spec.width
    values = np.empty(count, np.float64)
    state = seed & 0xFFFFFFFF
    for index in range(count):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        values[index] = (state >> 8) / 2**24 * 2 - 1
    return values.astype(np.float32).reshape(1, 3, spec.height, spec.width)


def shipping(model, temperatures, view_temperature):
    """The module that is exported: BatchNorm folded, constants baked in."""
    folded = model.to(memory_format=torch.contiguous_format).eval()
    shipped = Exported(folded, temperatures, view_temperature)
    shipped.backbone = fused(folded.backbone)
    return shipped.eval()


def write(shipped, path, spec=contract.DEMONSTRATION_INPUT):
    """Exports with a dynamic batch axis and no external data."""
    example = torch.zeros(2, 3, spec.height, spec.width)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        draft = Path(folder) / "draft.onnx"
        torch.onnx.export(
            shipped,
            (example,),
            str(draft),
            dynamo=True,
            opset_version=OPSET,
            input_names=["image"],
            output_names=[DRAFT + name for name in OUTPUTS],
            dynamic_shapes={"image": {0: torch.export.Dim("batch", min=1, max=1024)}},
            external_data=False,
            optimize=True,
            verbose=False,
        )
        graph = onnx.load(str(draft))
    for node in graph.graph.node:
        # The exporter leaves source paths and class names in every node.
        del node.metadata_props[:]
        node.doc_string = ""
    for value in graph.graph.value_info:
        del value.metadata_props[:]
    del graph.graph.value_info[:]
    rename_outputs(graph.graph)
    del graph.graph.metadata_props[:]
    graph.producer_name, graph.producer_version, graph.doc_string = "dupi-training", contract.MODEL_VERSION, ""
    onnx.save(graph, str(path))


def rename_outputs(graph):
    """Gives the outputs their names. The exporter names values after operations, and `view` is one, too."""
    names = {name: f"{name}_inside" for name in OUTPUTS} | {DRAFT + name: name for name in OUTPUTS}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for value in [*graph.output, *graph.initializer]:
        value.name = names.get(value.name, value.name)


def weights_digest(graph):
    """SHA-256 over the initialisers, by name: each name, then its little-endian bytes."""
    digest = hashlib.sha256()
    for tensor in sorted(graph.graph.initializer, key=lambda item: item.name):
        digest.update(tensor.name.encode())
        digest.update(onnx.numpy_helper.to_array(tensor).tobytes())
    return digest.hexdigest()


def run(path, image):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return dict(zip(OUTPUTS, session.run(list(OUTPUTS), {"image": image})))


def metadata(graph, path, decision, temperatures, view_temperature, quality, facts, spec=contract.DEMONSTRATION_INPUT):
    """Every key of the contract, as strings.

    `facts` must say `training_data`, `intended_use` and `arch`; what it does not say of `metrics`, `model_id`,
    `model_version`, `head`, `synthetic_only`, `precision`, `tolerance` and `licence` is the demonstration's.
    Its entry `more` holds further optional keys as they are.
    """
    expected = run(path, self_test_input(SELF_TEST_SEED, spec))
    rows, columns = expected["cam"].shape[2:]
    return {
        "scalp.contract": contract.CONTRACT,
        "scalp.model_id": facts.get("model_id", contract.MODEL_ID),
        "scalp.model_version": facts.get("model_version", contract.MODEL_VERSION),
        "scalp.conditions": list(contract.CONDITIONS),
        "scalp.grades": contract.GRADES,
        "scalp.head": facts.get("head", "coral"),
        "scalp.outputs": {
            "probs": {"name": "probs", "shape": ["N", 6, contract.GRADES]},
            "severity": {"name": "severity", "shape": ["N", 6]},
            "cam": {"name": "cam", "shape": ["N", 6, rows, columns]},
            "view": {"name": "view", "shape": ["N", 3], "classes": list(contract.VIEWS)},
        },
        "scalp.input": spec.metadata(),
        "scalp.decision": decision.metadata(),
        "scalp.training_data": facts["training_data"],
        "scalp.synthetic_only": facts.get("synthetic_only", "true"),
        "scalp.intended_use": facts["intended_use"],
        "scalp.calibration": {"baked_in": True, "conditions": temperatures, "view": view_temperature},
        "scalp.cam": {"stride": round(spec.height / rows), "range": [0, 3]},
        "scalp.quality": quality,
        "scalp.arch": facts["arch"],
        "scalp.metrics": facts.get("metrics", {}),
        "scalp.precision": facts.get("precision", "fp32"),
        "scalp.licence": facts.get("licence", contract.LICENCE),
        "scalp.created": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "scalp.weights_sha256": weights_digest(graph),
        "scalp.selftest": {
            "input": "lcg-v1",
            "seed": SELF_TEST_SEED,
            "probs": np.round(expected["probs"][0].astype(float), 6).tolist(),
            "view": np.round(expected["view"][0].astype(float), 6).tolist(),
            "tolerance": facts.get("tolerance", 0.01),
        },
    } | facts.get("more", {})


def stamp(path, decision, temperatures, view_temperature, quality, facts, spec=contract.DEMONSTRATION_INPUT):
    """Puts the contract into the file, replacing any that is there."""
    graph = onnx.load(str(path))
    entries = metadata(graph, path, decision, temperatures, view_temperature, quality, facts, spec)
    del graph.metadata_props[:]
    for key, value in entries.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        graph.metadata_props.add(key=key, value=text)
    onnx.checker.check_model(graph)
    onnx.save(graph, str(path))


def check(path, shipped, limit=5_000_000, spec=contract.DEMONSTRATION_INPUT, apart=1e-3):
    """Fails unless the file keeps the contract; returns what was seen.

    `limit` in bytes, None for none; `apart` is how far an output may be from PyTorch's.
    """
    graph = onnx.load(str(path))
    size = Path(path).stat().st_size
    if limit is not None and size > limit:
        raise ValueError(f"{path} has {size} bytes, more than {limit}")
    worst = 0.0
    for count in (1, 3):
        image = np.concatenate([self_test_input(SELF_TEST_SEED + i, spec) for i in range(count)])
        got = run(path, image)
        with torch.no_grad():
            wanted = [part.numpy() for part in shipped(torch.from_numpy(image))]
        for name, want in zip(OUTPUTS, wanted):
            if got[name].shape != want.shape or not np.isfinite(got[name]).all():
                raise ValueError(f"{path}: output {name} is {got[name].shape}, expected {want.shape}, all finite")
            worst = max(worst, float(np.abs(got[name] - want).max()))
        if np.abs(got["probs"].sum(2) - 1).max() > 2e-3:
            raise ValueError(f"{path}: rows of probs do not sum to 1")
    if worst > apart:
        raise ValueError(f"{path}: PyTorch and ONNX Runtime differ by {worst:.5f}, more than {apart}")
    stated = json.loads({p.key: p.value for p in graph.metadata_props}["scalp.selftest"])
    told = run(path, self_test_input(stated["seed"], spec))
    if np.abs(told["probs"][0] - np.array(stated["probs"])).max() > stated["tolerance"]:
        raise ValueError(f"{path}: the self-test does not reproduce")
    operators = sorted({node.op_type for node in graph.graph.node})
    return {"bytes": size, "opset": graph.opset_import[0].version, "operators": operators, "torch_difference": worst}
