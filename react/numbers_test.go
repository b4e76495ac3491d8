package react

import (
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

func TestUnfounded(t *testing.T) {
	results := []llm.Message{
		{Role: llm.User, Text: "Do it."},
		{Role: llm.Assistant, Text: "777"},
		{Role: llm.Observer, Text: "rent 14,400\n61.8678\n1050.0"},
		{Role: llm.Observer, Text: "0.0591"},
	}
	for answer, want := range map[string]string{
		"":                                     "",
		"Nothing changed.":                     "",
		"The rent is 14400 euros.":             "",
		"It is 14,400.00.":                     "",
		"61.87 euros":                          "",
		"About 61.9, or 62.":                   "",
		"60 euros":                             "60",
		"61.8 euros":                           "61.8",
		"1,050 g":                              "",
		"5.91 %":                               "",
		"5.9 % of them":                        "",
		"16 people need 1050 g.":               "",
		"In 3 of the files":                    "",
		"In 4 of the files":                    "4",
		"It is 777.":                           "777",
		"14,400 and 900":                       "900",
		"1.05 kg":                              "1.05",
		"2026-07-14":                           "2026",
		"99999999999999999999999999999999999.": "99999999999999999999999999999999999",
	} {
		if got := unfounded(answer, "For 16 people?", results); got != want {
			t.Errorf("unfounded(%q) = %q, want %q", answer, got, want)
		}
	}
}
