package plugin

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

const (
	golden   = `{"prompt": "Answer. search: …\n\nQuestion: Who?", "response": "Thought: I search.\nAction: image_gen\nAction Input: {\"prompt\": \"a cat\", \"n\": 2}\nObservation: done\nFinal Answer: x", "gen": []}`
	positive = golden + "\n" + golden + "\n" + golden + "\n"
	negative = `{"prompt": "Question: How are you?", "response": ""}` + "\n" + `{"prompt": "Question: And you?", "response": ""}` + "\n"
)

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCases(t *testing.T) {
	list, files, err := Load(folder(t, map[string]string{"exam_plugin_v1_react_positive.jsonl": positive, "exam_plugin_v1_react_negative.jsonl": negative}))
	if err != nil || len(list) != 5 || len(files) != 2 {
		t.Fatalf("%d questions, %v, %v", len(list), files, err)
	}
	model := llmtest.New(
		llmtest.Turn{Text: "Thought: hm\nAction: Image_Gen\nAction Input: {'n': 2, prompt: 'a cat',}\n"},
		llmtest.Turn{Text: "Thought: hm\nAction: search\nAction Input: what?\n"},
		llmtest.Turn{Text: "Final Answer: I do not need Action: at all."},
		llmtest.Turn{Text: "Final Answer: Fine."},
		llmtest.Turn{Text: "Action: search\nAction Input: {}"},
	)
	results, err := eval.Run(t.Context(), model, Cases(list, "react"), eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		ok    bool
		rouge float64
		why   string
	}{{true, 1, ""}, {false, 0, `it calls "search", wanted "image_gen"`}, {false, 0, `it calls ""`}, {true, 0, ""}, {false, 0, "it calls search where no call is needed"}} {
		r := results[i]
		if r.OK != want.ok || r.Scores["rouge_l"] != want.rouge || !strings.Contains(r.Why, want.why) {
			t.Errorf("%d: %+v", i, r)
		}
	}
	list2 := eval.Summarize(eval.Settings{}, results)
	if len(list2) != 3 || list2[0].Group != "positive" || list2[0].Right != 1 || list2[1].Right != 1 {
		t.Errorf("%+v", list2)
	}
	if q := model.Requests[0]; q.Format != "" || len(q.Stop) != 1 || q.Stop[0] != "Observation:" {
		t.Errorf("the question is %+v", q)
	}
}

// TestDialogues: calls come from the model's parser where the tools are given as tools.
func TestDialogues(t *testing.T) {
	const tools = `"tools": "[{\"name\": \"area\", \"description\": \"Area.\", \"parameters\": {\"type\": \"object\", \"properties\": {}}}]"`
	dir := folder(t, map[string]string{"d.json": `[
		{"conversations": [{"from": "human", "value": "Area?"}, {"from": "function_call", "value": "{\"name\": \"area\", \"arguments\": {\"b\": 1}}"}], ` + tools + `},
		{"conversations": [{"from": "human", "value": "Pizza?"}, {"from": "gpt", "value": "No."}], ` + tools + `},
		{"conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Hi."}], "tools": "[]"}]`})
	list, err := LoadDialogues(filepath.Join(dir, "d.json"))
	if err != nil || len(list) != 2 || list[0].ID != "positive_0" || list[1].ID != "negative_1" {
		t.Fatalf("%+v, %v", list, err)
	}
	model := llmtest.New(llmtest.Turn{Calls: llmtest.Call("area", `{"b": 2}`)}, llmtest.Turn{Text: "No."})
	results, err := eval.Run(t.Context(), model, Cases(list, "react"), eval.Options{})
	if err != nil || !results[0].OK || !results[1].OK || model.Requests[0].Format != "react" || len(model.Requests[0].Tools) != 1 {
		t.Fatalf("%+v, %v", results, err)
	}
	if got := results[0].Scores["rouge_l"]; math.Abs(got-6.0/7) > 1e-9 { // { " b " : 2 } has one other piece
		t.Errorf("rouge_l is %v", got)
	}
}

// TestData reads the dialogues that the data have.
func TestData(t *testing.T) {
	dir := os.Getenv("QWEN_AGENT_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	list, err := LoadDialogues(filepath.Join(dir, "tooltune", "glaive_en.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no data: set QWEN_AGENT_DATA (%v)", err)
	}
	n := map[string]int{}
	for _, q := range list {
		n[q.Group()]++
		if q.Want.Name != "" && normal(q.Want.Arguments) == "" {
			t.Errorf("%s: the arguments %q are no JSON", q.ID, q.Want.Arguments)
		}
	}
	if err != nil || n["positive"] != 106 || n["negative"] != 85 {
		t.Errorf("%v, %v", n, err)
	}
}

func TestBrokenData(t *testing.T) {
	lines := strings.Repeat(golden+"\n", 36)
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"missing":   {map[string]string{"negative.jsonl": negative}, "positive.jsonl: file does not exist"},
		"two":       {map[string]string{"a_positive.jsonl": positive, "b_positive.jsonl": positive}, "has 2 files"},
		"torn":      {map[string]string{"positive.jsonl": lines + `{"prompt`, "negative.jsonl": negative}, "positive.jsonl:37: unexpected end"},
		"no action": {map[string]string{"positive.jsonl": lines + `{"prompt": "x", "response": "y"}`, "negative.jsonl": negative}, `positive.jsonl:37: wanted a prompt, and a response with "Action:"`},
	} {
		if _, _, err := Load(folder(t, c.files)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, wanted %s", name, err, c.want)
		}
	}
	for name, text := range map[string]string{"none": "[]", "torn": `[{"conv`, "call": `[{"conversations":[{"from":"human","value":"a"},{"from":"function_call","value":"x"}],"tools":"[{\"name\":\"a\"}]"}]`} {
		dir := folder(t, map[string]string{"d.json": text})
		if _, err := LoadDialogues(filepath.Join(dir, "d.json")); err == nil || !strings.Contains(err.Error(), "d.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRouge has the figures of the package rouge-score 0.1.2 for Python, rougeL, fmeasure, over
// words.
func TestRouge(t *testing.T) {
	for _, c := range []struct {
		got, want string
		f         float64
	}{
		{"the quick brown fox", "the quick brown fox", 1},
		{"the quick brown fox jumps", "the lazy brown dog", 0.4444444444444445},
		{"a b c d e f g", "g f e d c b a", 0.14285714285714285},
		{"a x b y c z", "a b c", 0.6666666666666666},
		{"a", "b", 0},
		{"", "b", 0},
	} {
		if got := rougeL(strings.Fields(c.got), strings.Fields(c.want)); math.Abs(got-c.f) > 1e-12 {
			t.Errorf("%q and %q: %v, wanted %v", c.got, c.want, got, c.f)
		}
	}
}

func TestNormal(t *testing.T) {
	for in, want := range map[string]string{
		`{"b": 1, "a": [1.50, true, null, "é<"]}`: `{"a": [1.5, true, null, "é<"], "b": 1}`,
		`{'a': 'x', b: 2,}`:                       `{"a": "x", "b": 2}`,
		`what?`:                                   ``,
		`{"a": `:                                  ``,
		` "x" `:                                   `"x"`,
		``:                                        ``,
	} {
		if got := normal(in); got != want {
			t.Errorf("%s: %s, wanted %s", in, got, want)
		}
	}
}

func FuzzNormal(f *testing.F) {
	f.Add(`{"a": [1, {"b": "c"}]}`)
	f.Add(`{'a': b, c}`)
	f.Fuzz(func(t *testing.T, text string) {
		if s := normal(text); s != "" && normal(s) != s {
			t.Fatalf("%q becomes %q and then %q", text, s, normal(s))
		}
	})
}
