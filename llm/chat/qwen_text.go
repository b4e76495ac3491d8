package chat

import (
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// qwenWords are the instructions in one language.
type qwenWords struct {
	head, parameters, json, code string
	one, many                    string // how to call one tool, and several at once
}

var qwenEnglish = qwenWords{
	head:       "# Tools\n\n## You have access to the following tools:\n\n",
	parameters: " Parameters: ",
	json:       "Format the arguments as a JSON object.",
	code:       "Enclose the code within triple backticks (`) at the beginning and end of the code.",
	one: "## When you need to call a tool, please insert the following command in your reply, " +
		"which can be called zero or multiple times according to your needs:\n\n" +
		markFunction + ": The tool to use, should be one of [{names}]\n" +
		markArgs + ": The input of the tool\n" +
		markResult + ": Tool results\n" +
		markReturn + ": Reply based on tool results. Images need to be rendered as ![](url)",
	many: "## Insert the following command in your reply when you need to call N tools in parallel:\n\n" +
		markFunction + ": The name of tool 1, should be one of [{names}]\n" +
		markArgs + ": The input of tool 1\n" +
		markFunction + ": The name of tool 2\n" +
		markArgs + ": The input of tool 2\n...\n" +
		markFunction + ": The name of tool N\n" +
		markArgs + ": The input of tool N\n" +
		markResult + ": The result of tool 1\n" +
		markResult + ": The result of tool 2\n...\n" +
		markResult + ": The result of tool N\n" +
		markReturn + ": Reply based on tool results. Images need to be rendered as ![](url)",
}

var qwenChinese = qwenWords{
	head:       "# 工具\n\n## 你拥有如下工具：\n\n",
	parameters: " 输入参数：",
	json:       "此工具的输入应为JSON对象。",
	code:       "此工具的输入应为Markdown代码块。",
	one: "## 你可以在回复中插入零次、一次或多次以下命令以调用工具：\n\n" +
		markFunction + ": 工具名称，必须是[{names}]之一。\n" +
		markArgs + ": 工具输入\n" +
		markResult + ": 工具结果\n" +
		markReturn + ": 根据工具结果进行回复，需将图片用![](url)渲染出来",
	many: "## 你可以在回复中插入以下命令以并行调用N个工具：\n\n" +
		markFunction + ": 工具1的名称，必须是[{names}]之一\n" +
		markArgs + ": 工具1的输入\n" +
		markFunction + ": 工具2的名称\n" +
		markArgs + ": 工具2的输入\n...\n" +
		markFunction + ": 工具N的名称\n" +
		markArgs + ": 工具N的输入\n" +
		markResult + ": 工具1的结果\n" +
		markResult + ": 工具2的结果\n...\n" +
		markResult + ": 工具N的结果\n" +
		markReturn + ": 根据工具结果进行回复，需将图片用![](url)渲染出来",
}

// instructions returns what the system text says of the tools.
func (f qwen) instructions(r *llm.Request) (string, error) {
	words := qwenEnglish
	if asksInChinese(r.Messages) {
		words = qwenChinese
	}
	var b strings.Builder
	b.WriteString(words.head)
	names := make([]string, len(r.Tools))
	for i, t := range r.Tools {
		parameters, err := appendParameters(nil, t)
		if err != nil {
			return "", err
		}
		form := words.json
		if t.Code != nil {
			form = words.code
		}
		names[i] = t.Name
		b.WriteString("### " + t.Name + "\n\n" + t.Name + ": " + t.Description + words.parameters + string(parameters) + " " + form + "\n\n")
	}
	body := words.one
	if f.parallel {
		body = words.many
	}
	b.WriteString(strings.Replace(body, "{names}", strings.Join(names, ","), 1))
	return b.String(), nil
}

// asksInChinese reports whether there is Chinese in what stands before the first answer.
func asksInChinese(messages []llm.Message) bool {
	for _, m := range messages {
		if m.Role != llm.System && m.Role != llm.User {
			return false
		}
		if strings.ContainsFunc(m.Text, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }) {
			return true
		}
		if m.Role == llm.User {
			return false
		}
	}
	return false
}
