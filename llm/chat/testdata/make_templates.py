"""Renders conversations with the chat templates of the models themselves.

    python make_templates.py FILE ...

takes the template of each GGUF file (metadata key tokenizer.chat_template), tokenizer_config.json
or .jinja file, renders the conversations of conversations.py with transformers and writes
FORMAT.json and FORMAT.jinja, where FORMAT is the chat format of that template: see name_of. A
conversation that a template refuses is left out. Needs transformers and jinja2, and gguf for
GGUF files.
"""

import json
import pathlib
import sys

import jinja2
import transformers
from transformers.utils.chat_template_utils import render_jinja_template

from conversations import CASES, THINKING

HERE = pathlib.Path(__file__).parent


def template_of(path):
    if path.endswith(".jinja"):
        return pathlib.Path(path).read_text(encoding="utf-8")
    if path.endswith(".json"):
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["chat_template"]
    import gguf
    return gguf.GGUFReader(path).fields["tokenizer.chat_template"].contents()


def name_of(template):
    if "<function=" in template:
        if "enable_thinking" in template:
            return "xml-qwen3.5"
        return "xml" if "call a function ONLY" in template else "xml-tools"
    if "enable_thinking" in template:
        return "hermes-qwen3"
    return "hermes-braces" if '{{\\"name\\"' in template else "hermes"


def without_null(messages):
    """Qwen3's template cannot take null as content."""
    return [{**m, "content": m["content"] or ""} for m in messages]


def main(paths):
    for path in paths:
        template = template_of(path)
        name = name_of(template)
        out, refused = [], []
        thinks = "enable_thinking" in template
        cases = {**CASES, **THINKING} if thinks else CASES
        for thinking in [True, False] if thinks else [True]:
            for title, (messages, tools) in cases.items():
                if messages[0]["role"] == "tool" and "<function=" in template:
                    continue  # these templates forget to open the turn
                try:
                    rendered, _ = render_jinja_template(
                        conversations=[without_null(messages) if name == "hermes-qwen3" else messages], tools=tools or None,
                        chat_template=template, add_generation_prompt=True, **({} if thinking else {"enable_thinking": False}))
                except jinja2.exceptions.TemplateError as e:
                    refused.append(f"{title}: {e}")
                    continue
                out.append({"title": title, "messages": messages, "tools": tools, "prompt": rendered[0]})
                if not thinking:
                    out[-1]["thinking_off"] = True
        (HERE / f"{name}.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (HERE / f"{name}.jinja").write_text(template, encoding="utf-8")
        print(name, len(out), "conversations; transformers", transformers.__version__, "jinja2", jinja2.__version__)
        for r in refused:
            print("    refused", r)


if __name__ == "__main__":
    main(sys.argv[1:])
