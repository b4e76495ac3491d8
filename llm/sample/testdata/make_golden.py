"""Writes golden.json: what Hugging Face's generate leaves of logits.

    python make_golden.py

Part "filters" has each logits processor by itself and some in a row on random logits,
half of them rounded so that there are ties. Part "generate" has the logits and scores of
a small random Qwen2 model, from generate itself, so that the order is generate's own.
Needs torch and transformers.
"""

import json
import pathlib

import torch
import transformers
from transformers import LogitsProcessorList, Qwen2Config, Qwen2ForCausalLM
from transformers.generation import logits_process as lp

V = 160


def floats(t):
    """The float32 values in their shortest digits."""
    return [float(str(x)) for x in t.detach().numpy()]


def kept(scores):
    """The tokens that are left, with their scores."""
    ids = [i for i, x in enumerate(scores.tolist()) if x != float("-inf")]
    return {"ids": ids, "scores": floats(scores[ids])}


def processors(o):
    out = LogitsProcessorList()
    if "repetition" in o:
        out.append(lp.RepetitionPenaltyLogitsProcessor(o["repetition"]))
    if "temperature" in o:
        out.append(lp.TemperatureLogitsWarper(o["temperature"]))
    if "top_k" in o:
        out.append(lp.TopKLogitsWarper(o["top_k"]))
    if "top_p" in o:
        out.append(lp.TopPLogitsWarper(o["top_p"]))
    if "min_p" in o:
        out.append(lp.MinPLogitsWarper(o["min_p"]))
    return out


FILTERS = [
    {"repetition": 1.1}, {"repetition": 1.8}, {"repetition": 0.7},
    {"temperature": 0.7}, {"temperature": 0.1}, {"temperature": 2.5},
    {"top_k": 1}, {"top_k": 2}, {"top_k": 5}, {"top_k": 20}, {"top_k": 159}, {"top_k": 160}, {"top_k": 1000},
    {"top_p": 0.01}, {"top_p": 0.5}, {"top_p": 0.8}, {"top_p": 0.95}, {"top_p": 0.999},
    {"min_p": 0.01}, {"min_p": 0.1}, {"min_p": 0.5}, {"min_p": 1.0},
    {"temperature": 0.7, "top_k": 20, "top_p": 0.8},
    {"temperature": 0.7, "top_k": 20, "top_p": 0.8, "repetition": 1.1},
    {"temperature": 1.5, "top_p": 0.9, "min_p": 0.05},
    {"temperature": 0.3, "top_k": 7, "min_p": 0.2},
    {"temperature": 1.2, "top_k": 40, "top_p": 0.95, "min_p": 0.1, "repetition": 1.3},
    {"temperature": 0.5, "top_p": 0.3},
]


def main():
    torch.manual_seed(3)
    vectors = []
    for spread in (0.3, 2.0, 6.0):
        x = torch.randn(V) * spread
        vectors += [x, (x * 2).round() / 2]
    vectors.append(torch.zeros(V))
    history = [3, 7, 7, 7, 11, 150, 3, 42, 42, 159, 0]
    filters = []
    for i, logits in enumerate(vectors):
        for o in FILTERS:
            scores = processors(o)(torch.tensor([history]), logits[None].clone())[0]
            filters.append({"vector": i, "options": o, **kept(scores)})

    config = Qwen2Config(vocab_size=V, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=2, initializer_range=0.6, bos_token_id=None, eos_token_id=None, pad_token_id=0)
    model = Qwen2ForCausalLM(config).eval()
    runs = []
    for seed, o in enumerate([
        {"temperature": 0.7, "top_k": 20, "top_p": 0.8, "repetition_penalty": 1.1},
        {"temperature": 1.3, "top_k": 50, "top_p": 0.95, "min_p": 0.05, "repetition_penalty": 1.5},
        {"temperature": 0.9, "top_k": 0, "top_p": 0.6, "repetition_penalty": 1.2},
        {"temperature": 2.0, "top_k": 0, "top_p": 1.0, "min_p": 0.3},
        {"temperature": 1.0, "top_k": 12, "top_p": 1.0},
    ]):
        torch.manual_seed(seed)
        prompt = torch.tensor([[5, 9, 9, 77, 12]])
        out = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=True, max_new_tokens=6, use_cache=False,
                             output_scores=True, output_logits=True, return_dict_in_generate=True, **o)
        options = {"repetition" if k == "repetition_penalty" else k: v for k, v in o.items()}
        sequence = out.sequences[0].tolist()
        for step, (logits, scores) in enumerate(zip(out.logits, out.scores)):
            runs.append({"options": options, "history": sequence[: 5 + step], "logits": floats(logits[0]), **kept(scores[0])})
    greedy = []
    for penalty in (1.0, 1.4):
        prompt = torch.tensor([[5, 9, 9, 77, 12]])
        out = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=8, use_cache=False,
                             output_logits=True, return_dict_in_generate=True, repetition_penalty=penalty)
        sequence = out.sequences[0].tolist()
        for step, logits in enumerate(out.logits):
            greedy.append({"options": {"repetition": penalty}, "history": sequence[: 5 + step],
                           "logits": floats(logits[0]), "token": sequence[5 + step]})

    path = pathlib.Path(__file__).parent / "golden.json"
    path.write_text(json.dumps({
        "made_by": f"transformers {transformers.__version__}, torch {torch.__version__}",
        "history": history, "vectors": [floats(v) for v in vectors],
        "filters": filters, "generate": runs, "greedy": greedy,
    }) + "\n")
    print(path, path.stat().st_size, len(filters), len(runs), len(greedy))


if __name__ == "__main__":
    main()
