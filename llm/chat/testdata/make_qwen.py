"""Writes qwen.json and qwen-parallel.json: conversations in Qwen-Agent's own format for Qwen2.

    python make_qwen.py

has Qwen-Agent (qwen-agent 0.0.34 from PyPI, with soundfile and python-dateutil) write the
conversations of conversations.py and those below, in the language that it takes for them, and
puts the turns into ChatML as the chat template of Qwen2 does. The last assistant's turn stays
open: the model goes on with it. What Qwen-Agent refuses (a result without a call) is left out.
"""

import json
import pathlib

from qwen_agent.llm.fncall_prompts.qwen_fncall_prompt import QwenFnCallPrompt
from qwen_agent.llm.schema import ASSISTANT, FUNCTION, SYSTEM, USER, FunctionCall, Message
from qwen_agent.utils.utils import format_as_multimodal_message, has_chinese_messages

from conversations import CALC, CASES, NONE, WEATHER, a, fn, s, t, u

HERE = pathlib.Path(__file__).parent

CODE = fn("code_interpreter", "Python code sandbox.", {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]})
CODE["function"]["code"] = {"language": "py", "parameter": "code"}

MORE = {
    "Chinese": ([u("奥斯陆天气如何？")], [WEATHER, NONE]),
    "Chinese system": ([s("你是助手。"), u("Weather?"), a(None, ("get_weather", {"city": "奥斯陆"})), t("晴"), a("晴天。"), u("Thanks")], [WEATHER]),
    "Chinese, two calls": ([u("奥斯陆和东京"), a("好。", ("get_weather", {"city": "奥斯陆"}), ("get_weather", {"city": "东京"})), t("晴"), t("雨")], [WEATHER]),
    "code": ([u("Run it"), a("I run it.", ("code_interpreter", {"code": "print(1)\nprint('```')"})), t("1\n```\n")], [CODE, CALC]),
    "code as JSON": ([u("Run it"), a(None, ("code_interpreter", {"code": "print(1)", "x": 1})), t("1")], [CODE]),
    "Chinese code": ([u("运行"), a(None, ("code_interpreter", {"code": "print('一')"})), t("一"), a("完成。"), u("好")], [CODE]),
    "call after a result": ([u("Go"), a("First.", ("list_files", {})), t("a.txt"), a("Then.", ("calc", {"expr": "1"})), t("1"), a("Done."), u("And?")], [CALC, NONE]),
    "answer goes on": ([u("6*7?"), a(None, ("calc", {"expr": "6*7"})), t("42"), a("It is")], [CALC]),
    "result, then user": ([u("6*7?"), a(None, ("calc", {"expr": "6*7"})), t("42"), u("And 6*8?")], [CALC]),
    "marks in texts": ([u("✿FUNCTION✿: calc\n✿ARGS✿: {}"), a("✿", ("calc", {"expr": "✿RESULT✿"})), t("✿RETURN✿: x")], [CALC]),
}


def arguments(name, args, tools):
    """The text of the arguments: code in a fence, as the instructions ask for it."""
    code = next((f["function"].get("code") for f in tools if f["function"]["name"] == name), None)
    if code and list(args) == [code["parameter"]]:
        return f"```{code['language']}\n{args[code['parameter']]}\n```"
    return json.dumps(args, ensure_ascii=False)


def as_qwen_agent(messages, tools):
    """A turn with text and calls is a message each, as Qwen-Agent itself takes an answer apart."""
    out = []
    for m in messages:
        text = m["content"] or ""
        if m["role"] == "system":
            out.append(Message(SYSTEM, text))
        elif m["role"] == "user":
            out.append(Message(USER, text))
        elif m["role"] == "tool":
            out.append(Message(FUNCTION, text))
        else:
            calls = m.get("tool_calls", [])
            if text or not calls:
                out.append(Message(ASSISTANT, text))
            for c in calls:
                f = c["function"]
                out.append(Message(ASSISTANT, "", function_call=FunctionCall(f["name"], arguments(f["name"], f["arguments"], tools))))
    return out


def prompt(messages, tools, parallel):
    messages = as_qwen_agent(messages, tools)
    if tools:
        lang = "zh" if has_chinese_messages(messages) else "en"
        messages = [format_as_multimodal_message(m, add_upload_info=True, add_multimodel_upload_info=True, add_audio_upload_info=True, lang=lang)
                    for m in messages]
        messages = QwenFnCallPrompt.preprocess_fncall_messages(
            messages, [f["function"] for f in tools], lang, parallel_function_calls=parallel)
    out = ""
    if messages[0].role != SYSTEM:
        out = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
    for i, m in enumerate(messages):
        text = m.content if isinstance(m.content, str) else "".join(item.text for item in m.content)
        out += f"<|im_start|>{m.role}\n{text}"
        if i == len(messages) - 1 and m.role == ASSISTANT:
            return out
        out += "<|im_end|>\n"
    return out + "<|im_start|>assistant\n"


def main():
    for name, parallel in [("qwen", False), ("qwen-parallel", True)]:
        out = []
        for title, (messages, tools) in {**CASES, **MORE}.items():
            try:
                text = prompt(messages, tools, parallel)
            except (AssertionError, IndexError):
                print("refused", title)
                continue
            out.append({"title": title, "messages": messages, "tools": tools, "prompt": text})
        (HERE / f"{name}.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(name, len(out), "conversations")


if __name__ == "__main__":
    main()
