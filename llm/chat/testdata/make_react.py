"""Writes react.json: conversations in the ReAct text format of the first Qwen.

    python make_react.py

Qwen-Agent (qwen-agent 0.0.34 from PyPI, with soundfile and python-dateutil) writes the questions
and the steps: its ReActChat runs with the assistant's turns of conversations.py as the model and
the results as the tools. Around that stands ChatML as the first Qwen was trained on it: the text
that the model completes is an assistant's turn, texts are trimmed, and the instructions stand in
the first question. What has no place in it (a result without a call) is left out.
"""

import json
import pathlib
from types import SimpleNamespace

from qwen_agent.agents.react_chat import ReActChat
from qwen_agent.llm.schema import ASSISTANT, USER, Message

from conversations import CALC, CASES, NONE, a, t, u

HERE = pathlib.Path(__file__).parent
JSON = "Format the arguments as a JSON object."

MORE = {
    "two questions with steps": ([u("6*7?"), a("A", ("calc", {"expr": "6*7"})), t("42"), a("It is 42."), u("6*8?"), a("B", ("calc", {"expr": "6*8"})), t("48")], [CALC]),
    "three steps": ([u("Go"), a("A", ("list_files", {})), t("x"), a("B", ("list_files", {})), t("y"), a("C", ("list_files", {})), t("z")], [NONE]),
}


def trim(text):
    return (text or "").lstrip("\n").rstrip()


class Refused(Exception):
    pass


def question(text, tools):
    agent = SimpleNamespace(function_map={
        f["function"]["name"]: SimpleNamespace(name=f["function"]["name"], function={**f["function"], "args_format": JSON}) for f in tools})
    return ReActChat._prepend_react_prompt(agent, [Message(USER, text)], "en")[-1].content


def steps(text, turns, tools):
    """What ReActChat adds to the question for these turns: (thought, call, result)."""
    outputs = [f"{thought}\nAction: {name}\nAction Input: {json.dumps(args, ensure_ascii=False)}" for thought, (name, args), _ in turns]
    results = iter([result for _, _, result in turns])
    prompts = []

    def call_llm(messages):
        prompts.append(messages[-1])  # the loop goes on writing to it
        yield [Message(ASSISTANT, outputs.pop(0) if outputs else "")]

    agent = SimpleNamespace(
        _prepend_react_prompt=lambda messages, lang: [Message(USER, question(text, tools))], _call_llm=call_llm,
        _detect_tool=lambda s: ReActChat._detect_tool(None, s), _call_tool=lambda *_, **__: next(results))
    for _ in ReActChat._run(agent, []):
        pass
    return prompts[-1].content[len(question(text, tools)):]


def prompt(messages, tools):
    system = "You are a helpful assistant."
    if messages[0]["role"] == "system":
        system, messages = messages[0]["content"], messages[1:]
    out, answer, asked, turns, text = f"<|im_start|>system\n{trim(system)}<|im_end|>\n", None, None, [], ""

    def end():
        return "" if answer is None else answer + "<|im_end|>\n"

    i = 0
    while i < len(messages):
        m = messages[i]
        i += 1
        if m["role"] in ("system", "user"):
            out += end()
            answer = None
            text = trim(m["content"])
            if m["role"] == "user" and tools:
                whole = question(text, tools)
                text, asked, turns = (whole if asked is None else whole[whole.rindex("Question: "):]), text, []
            out += f"<|im_start|>{m['role']}\n{text}<|im_end|>\n"
            continue
        if m["role"] == "tool":
            raise Refused("a result without a call")
        if answer is None:
            out += "<|im_start|>assistant\n"
            answer = ""
        calls = m.get("tool_calls", [])
        if not calls:
            answer += ("I now know the final answer.\nFinal Answer: " if tools else "") + trim(m["content"])
            continue
        for k, c in enumerate(calls):
            if i == len(messages) or messages[i]["role"] != "tool":
                raise Refused("a call without a result")
            turns.append((trim(m["content"]) if k == 0 else "", (c["function"]["name"], c["function"]["arguments"]), messages[i]["content"]))
            i += 1
        answer = steps(asked, turns, tools)
    return out + ("<|im_start|>assistant\n" if answer is None else "") + (answer or "")


def main():
    out = []
    for title, (messages, tools) in {**CASES, **MORE}.items():
        try:
            out.append({"title": title, "messages": messages, "tools": tools, "prompt": prompt(messages, tools)})
        except Refused as e:
            print("refused", title, e)
    (HERE / "react.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(len(out), "conversations")


if __name__ == "__main__":
    main()
