"""Stands in for llama.cpp's script of this name: a Llama and a byte-level BPE, written with the `gguf` package.

It takes the same arguments, and like the real one it refuses a tokenizer that it has never met.
"""

import argparse
import json
from pathlib import Path

import gguf
from conversion.base import ModelBase, TextModel
from safetensors.numpy import load_file


def turned(weight, heads):
    """Rows of a rotated projection in the order in which llama.cpp rotates: pairs side by side, not halves."""
    return weight.reshape(heads, 2, -1, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--outfile", required=True)
    parser.add_argument("--outtype", choices=("f32", "f16"), required=True)
    options = parser.parse_args()
    config = ModelBase.load_hparams(options.folder, False)
    stated = json.loads((options.folder / "tokenizer.json").read_text())
    assert config["architectures"] == ["LlamaForCausalLM"]
    out = gguf.GGUFWriter(options.outfile, "llama")
    out.add_context_length(config["max_position_embeddings"])
    out.add_embedding_length(config["hidden_size"])
    out.add_block_count(config["num_hidden_layers"])
    out.add_feed_forward_length(config["intermediate_size"])
    out.add_head_count(config["num_attention_heads"])
    out.add_head_count_kv(config["num_key_value_heads"])
    out.add_layer_norm_rms_eps(config["rms_norm_eps"])
    out.add_rope_dimension_count(config["head_dim"])
    out.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    out.add_vocab_size(config["vocab_size"])
    special = {entry["content"] for entry in stated["added_tokens"]}
    tokens = sorted(stated["model"]["vocab"], key=stated["model"]["vocab"].get)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre(TextModel().get_vocab_base_pre(None))
    out.add_token_list(tokens)
    out.add_token_types([gguf.TokenType.CONTROL if one in special else gguf.TokenType.NORMAL for one in tokens])
    out.add_token_merges([" ".join(merge) for merge in stated["model"]["merges"]])
    out.add_eos_token_id(config["eos_token_id"])
    out.add_add_bos_token(False)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config["num_hidden_layers"])
    for name, weight in load_file(options.folder / "model.safetensors").items():
        for part, heads in (("q_proj", "num_attention_heads"), ("k_proj", "num_key_value_heads")):
            if part in name:
                weight = turned(weight, config[heads])
        weight = weight.astype("float16" if options.outtype == "f16" and weight.ndim > 1 else "float32")
        out.add_tensor(names.get_name(name, try_suffixes=(".weight",)), weight)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    main()
