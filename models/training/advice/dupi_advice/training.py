"""One fine-tuning run: read the pairs, train an adapter on a frozen base, keep the best, tell what happened.

A run's folder holds `run.json` (settings and data, written first), `checkpoints/`, `adapter/` (the result) and
`report.json` (written last). An interrupted run goes on from its last whole checkpoint.
"""

import platform
import time
from pathlib import Path

import peft
import torch
import transformers
from peft import LoraConfig, get_peft_model
from transformers import EarlyStoppingCallback, PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from . import files, pairs
from .base import Base, check_machine, has_gpu, load_for_training, precision
from .settings import as_text


def train(settings, data, out, say, resume=False, listeners=()):
    """Trains and writes the run's folder; returns the report."""
    check_machine(settings)
    out = Path(out)
    stated = {"settings": as_text(settings), "data": {"file": Path(data).name, "sha256": files.digest(data)}}
    begun = is_begun(stated, out, resume)
    if (out / "report.json").exists():
        say(f"{out} is finished")
        return files.read_json(out / "report.json")
    base = Base(settings.base, settings.revision, settings.download)
    tokenizer = base.tokenizer()
    check_length(base.config(), settings)
    found = pairs.read(data, tokenizer, settings)
    tell_data(found, say)
    if not begun:
        out.mkdir(parents=True, exist_ok=True)
        files.write_json(out / "run.json", stated)
    checkpoint = last_checkpoint(out / "checkpoints")
    say(f"going on from {checkpoint}" if checkpoint else "beginning")
    trainer = prepare(base, tokenizer, found, settings, out, [Teller(say), *listeners])
    started = time.monotonic()
    trainer.train(resume_from_checkpoint=checkpoint)
    seconds = time.monotonic() - started
    trainer.model.save_pretrained(out / "adapter")
    report = stated | {"precision": precision(settings)} | tell(trainer, found, seconds, checkpoint)
    files.write_json(out / "report.json", report)
    best = report["validation"]["best"]
    say(
        f"{report['updates']} updates in {seconds:.0f} s; training loss {report['loss']['first']:.3f} -> "
        f"{report['loss']['last']:.3f}, best validation loss {'none' if best is None else format(best, '.3f')}; "
        f"{out / 'adapter'}"
    )
    return report


def is_begun(stated, out, resume):
    """Whether this very run was begun before; refuses to go on with another, or to write over anything."""
    if not (out / "run.json").exists():
        if out.exists() and any(out.iterdir()):
            raise FileExistsError(f"{out} holds something that is not a run; hint: name a new folder")
        return False
    if not resume:
        raise FileExistsError(f"{out} holds a run already; hint: --resume goes on with it, or name a new folder")
    before = files.read_json(out / "run.json")
    if before["data"]["sha256"] != stated["data"]["sha256"]:
        raise ValueError(f"--resume: {stated['data']['file']} is not the file that {out} was begun with")
    for name, value in stated["settings"].items():
        # Where a model is fetched from does not change what is learnt.
        if name != "download" and before["settings"][name] != value:
            raise ValueError(
                f"--resume: --{name.replace('_', '-')} was {before['settings'][name]} when {out} was begun, not {value}"
            )
    return True


def last_checkpoint(folder):
    """The newest one that was written to its end: the trainer's state is its last file."""
    whole = [path.parent for path in folder.glob("checkpoint-*/trainer_state.json")]
    return str(max(whole, key=lambda path: int(path.name.split("-")[1]))) if whole else None


def check_length(config, settings):
    holds = getattr(config, "max_position_embeddings", None)
    if holds and settings.max_length > holds:
        raise ValueError(f"--max-length {settings.max_length}: the base holds {holds} tokens at most")


def tell_data(found, say):
    counts = found.counts()
    say(
        f"{counts['train']['pairs']} pairs to train on, {counts['validation']['pairs']} to validate on, "
        f"{counts['too_long']} too long and left out, longest {counts['longest_tokens']} tokens"
    )


class Teller(TrainerCallback):
    """Says how far the run is: a line for each entry of the training loss and for each look, fit for a log file."""

    def __init__(self, say):
        self.say, self.began = say, None

    def on_train_begin(self, args, state, control, **kwargs):
        self.began = (time.monotonic(), state.global_step)

    def on_log(self, args, state, control, logs=None, **kwargs):
        at = f"update {state.global_step}/{state.max_steps}"
        if "loss" in logs:
            started, first = self.began
            rest = (time.monotonic() - started) / (state.global_step - first) * (state.max_steps - state.global_step)
            self.say(
                f"{at}: training loss {float(logs['loss']):.3f}, rate {logs['learning_rate']:.1e}, {rest:.0f} s to go"
            )
        if "eval_loss" in logs:
            self.say(f"{at}: validation loss {float(logs['eval_loss']):.3f}")


class LookAtTheEnd(TrainerCallback):
    """The last update is looked at, too, wherever it falls between two looks."""

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step >= state.max_steps:
            control.should_evaluate = args.eval_strategy != "no"
            control.should_save = True
        return control


def prepare(base, tokenizer, found, settings, out, listeners):
    """The trainer with everything in its place; `listeners` hear of every update."""
    transformers.set_seed(settings.seed)
    model = load_for_training(base, settings)
    targets = settings.targets
    adapter = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=targets if targets == "all-linear" else [name.strip() for name in targets.split(",")],
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(model, adapter)
    validates = len(found.validation) > 0
    listeners = [LookAtTheEnd(), *listeners]
    if validates and settings.patience:
        listeners.append(EarlyStoppingCallback(settings.patience))
    filling = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    trainer = Trainer(
        model=model,
        args=arguments(settings, out, validates),
        train_dataset=found.train,
        eval_dataset=found.validation if validates else None,
        data_collator=pairs.Collate(filling),
        callbacks=listeners,
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def arguments(settings, out, validates):
    kind = precision(settings)
    return TrainingArguments(
        output_dir=str(out / "checkpoints"),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.rate,
        weight_decay=settings.decay,
        max_grad_norm=settings.clip,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warm_up,
        bf16=kind == "bf16",
        fp16=kind == "fp16",
        activation_checkpointing=settings.recompute,
        eval_strategy="steps" if validates else "no",
        eval_steps=settings.every,
        save_strategy="steps",
        save_steps=settings.every,
        save_total_limit=settings.keep,
        load_best_model_at_end=validates,
        metric_for_best_model="eval_loss" if validates else None,
        greater_is_better=False if validates else None,
        restore_callback_states_from_checkpoint=True,
        prediction_loss_only=True,
        remove_unused_columns=False,
        label_names=["labels"],
        include_num_input_tokens_seen="non_padding",
        logging_steps=settings.log,
        logging_first_step=True,
        report_to="none",
        disable_tqdm=True,
        seed=settings.seed,
        use_cpu=not has_gpu(settings),
    )


def tell(trainer, found, seconds, checkpoint):
    """What the report says besides settings and data."""
    state, model = trainer.state, trainer.model
    losses = [{"update": entry["step"], "loss": entry["loss"]} for entry in state.log_history if "loss" in entry]
    looks = [
        {"update": entry["step"], "loss": entry["eval_loss"]} for entry in state.log_history if "eval_loss" in entry
    ]
    # PEFT counts weights that are packed in 4 bits, too.
    trained, everything = model.get_nb_trainable_parameters()
    resumed_at = int(Path(checkpoint).name.split("-")[1]) if checkpoint else 0
    return {
        "pairs": found.counts(),
        "updates": state.global_step,
        "planned_updates": state.max_steps,
        "stopped_early": state.global_step < state.max_steps,
        "resumed_at": resumed_at,
        "loss": {"first": losses[0]["loss"], "last": losses[-1]["loss"], "curve": losses},
        "validation": {
            "best": min((look["loss"] for look in looks), default=None),
            "best_update": min(looks, key=lambda look: look["loss"])["update"] if looks else None,
            "curve": looks,
        },
        "tokens_seen": state.num_input_tokens_seen,
        # Of this session alone, if the run was interrupted.
        "seconds": round(seconds, 1),
        "seconds_per_update": round(seconds / max(1, state.global_step - resumed_at), 3),
        "trained_weights": trained,
        "all_weights": everything,
        "device": torch.cuda.get_device_name() if trainer.args.device.type == "cuda" else trainer.args.device.type,
        "peak_gpu_bytes": torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None,
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "peft": peft.__version__,
        },
    }
