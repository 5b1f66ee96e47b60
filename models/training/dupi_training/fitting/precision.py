"""Smaller numbers for a finished graph: fp16 for GPUs, int8 for CPUs. Inputs and outputs stay float32."""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

# Names of the weights at which the heads begin; what follows them stays float32, or rows would not sum to 1.
HEADS = ("head.maps.weight", "view.0.weight")


def to_fp16(path, out):
    """Half precision up to the heads."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    graph = onnx.load(str(path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Values out of half precision's range, mostly tiny ones, are clipped with a warning for each.
        halved = convert_float_to_float16(graph, keep_io_types=True, node_block_list=sorted(after_heads(graph)))
    sort(halved.graph)
    onnx.save(halved, str(out))


def after_heads(graph):
    """Names of the nodes that compute with the heads' weights, and of all nodes after them."""
    tainted = {item.name for item in graph.graph.initializer if item.name.endswith(HEADS)}
    if not tainted:
        raise ValueError("the graph has no heads by their names; was it renamed or quantised?")
    nodes = set()
    for node in graph.graph.node:
        if tainted & set(node.input):
            nodes.add(node.name)
            tainted |= set(node.output)
    return nodes


def sort(graph):
    """Puts the nodes into topological order, which the conversion leaves broken."""
    ready = {item.name for item in graph.initializer} | {item.name for item in graph.input} | {""}
    waiting, done = list(graph.node), []
    while waiting:
        now = [node for node in waiting if all(name in ready for name in node.input)]
        if not now:
            raise ValueError(f"the graph has a cycle at `{waiting[0].name}`")
        ready |= {name for node in now for name in node.output}
        done += now
        taken = {id(node) for node in now}
        waiting = [node for node in waiting if id(node) not in taken]
    del graph.node[:]
    graph.node.extend(done)


def to_int8(path, out, batches):
    """Eight bits, per channel, quantise-dequantise nodes; ranges from `batches` of normalised float32 [N,3,H,W]."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Feed(CalibrationDataReader):
        def __init__(self):
            self.items = iter(batches)

        def get_next(self):
            image = next(self.items, None)
            return None if image is None else {"image": np.ascontiguousarray(image)}

    with tempfile.TemporaryDirectory() as folder:
        folded = Path(folder) / "folded.onnx"
        options = onnxruntime.SessionOptions()
        # Folds normalisation into convolutions, in standard operators only.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(folded)
        options.log_severity_level = 3
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        quantize_static(
            str(folded),
            str(out),
            Feed(),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "MatMul", "Gemm"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    plain(out)


def plain(path):
    """Leaves nothing of the tools in the file, neither metadata nor names."""
    graph = onnx.load(str(path))
    del graph.metadata_props[:]
    graph.doc_string, graph.producer_name = "", "dupi-training"
    onnx.save(graph, str(path))
