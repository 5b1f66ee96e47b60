"""As in llama.cpp: what a folder says of itself, and the place where a tokenizer is known by its checksum, or not."""

import json


class ModelBase:
    @staticmethod
    def load_hparams(folder, is_mistral_format):
        return json.loads((folder / "config.json").read_text())


class TextModel(ModelBase):
    def get_vocab_base_pre(self, tokenizer):
        raise NotImplementedError("BPE pre-tokenizer was not recognized - update get_vocab_base_pre()")
