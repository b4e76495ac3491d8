package chat

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qwen-agent/qwen-agent/llm"
)

var (
	calcTool = llm.Tool{Name: "calc", Description: "Evaluates one arithmetic expression exactly.",
		Parameters: json.RawMessage(`{"type":"object","properties":{"expr":{"type":"string"}},"required":["expr"]}`)}
	listTool   = llm.Tool{Name: "list_files", Description: "Lists the files of the workspace."}
	pythonTool = llm.Tool{Name: "python", Description: "Runs Python code in the workspace and returns what it prints.",
		Parameters: json.RawMessage(`{"type":"object","properties":{"code":{"type":"string"}},"required":["code"]}`),
		Code:       &llm.Code{Language: "python", Parameter: "code"}}
	goTool   = llm.Tool{Name: "go", Description: "Runs Go code.", Parameters: pythonTool.Parameters, Code: &llm.Code{Language: "go", Parameter: "code"}}
	readTool = llm.Tool{Name: "read_file", Description: "Reads a file.",
		Parameters: json.RawMessage(`{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}`)}
	weatherTool = llm.Tool{Name: "get_weather", Description: "Says\nthe weather.",
		Parameters: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["celsius","fahrenheit",3,null]}}}`)}
)

// The system texts that were measured; testdata/README.md says from where.
func TestTurnSystem(t *testing.T) {
	for _, tt := range []struct {
		file  string
		tools []llm.Tool
	}{
		{"turn.txt", []llm.Tool{calcTool, listTool}},
		{"turn-code.txt", []llm.Tool{calcTool, listTool, pythonTool}},
		{"turn-files.txt", []llm.Tool{calcTool, readTool, pythonTool}},
		{"turn-both.txt", []llm.Tool{pythonTool, goTool}},
	} {
		want, err := os.ReadFile("testdata/" + tt.file)
		if err != nil {
			t.Fatal(err)
		}
		got := render(t, "turn", &llm.Request{Tools: tt.tools, Messages: []llm.Message{{Role: llm.User, Text: "Do it."}}})
		whole := "<|im_start|>system\n" + strings.TrimSuffix(string(want), "\n") + "<|im_end|>\n" +
			"<|im_start|>user\nTask: Do it.<|im_end|>\n<|im_start|>assistant\n"
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Errorf("%s: %s", tt.file, diff)
		}
	}
}

func TestToolLine(t *testing.T) {
	timed := pythonTool
	timed.Parameters = json.RawMessage(`{"properties":{"code":{},"seconds":{"type":"integer"}}}`)
	for _, tt := range []struct {
		tool llm.Tool
		want string
	}{
		{weatherTool, "get_weather(city, unit: celsius|fahrenheit|3|null): Says the weather."},
		{listTool, "list_files(): Lists the files of the workspace."},
		{pythonTool, "python: Runs Python code in the workspace and returns what it prints."},
		{timed, "python(seconds): Runs Python code in the workspace and returns what it prints."},
		{llm.Tool{Name: "x", Parameters: json.RawMessage(`{"type":"object"}`)}, "x(): "},
	} {
		if got, err := toolLine(tt.tool); err != nil || got != tt.want {
			t.Errorf("toolLine(%s) = %q, %v, want %q", tt.tool.Name, got, err, tt.want)
		}
	}
}
