package chat

import (
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// The worked examples of the turn format. They were measured as they stand, see
// docs/small-models.md. What they show, a small model does: an example that computes with a table
// whose columns it has not seen has it make up columns, and thoughts that say little have it
// forget what was asked for.

// turnExamples returns the examples for some tools, of which code are those that run programs.
// Where files are read and programs run, they are about files and call the tools that there are;
// else they are about tools that there are not, with which the 1.5B goes on to compute where it has
// no programs.
func turnExamples(tools, code []llm.Tool) string {
	has := func(name string) bool {
		return slices.ContainsFunc(tools, func(t llm.Tool) bool { return t.Name == name })
	}
	files := has("read_file") && has("calc") && len(code) > 0
	var b strings.Builder
	switch {
	case len(tools) == 0:
		b.WriteString("Example:\n")
	case files:
		b.WriteString("Examples (with other files):\n" + turnPrice)
	default:
		b.WriteString("Examples (with other tools):\n" + turnStored)
	}
	switch {
	case len(tools) == 0:
		b.WriteString("Task: What colour is grass?\nReply: " + `{"thought": "I know this.", "answer": "Grass is green."}`)
	case files:
		b.WriteString("Task: Who wrote Hamlet?\nReply: " + `{"thought": "I know this, no file and no tool is needed.", "answer": "Shakespeare wrote Hamlet."}`)
	default:
		b.WriteString("Task: What colour is grass?\nReply: " + `{"thought": "I know this without a tool.", "answer": "Grass is green."}`)
	}
	for _, t := range code {
		b.WriteString("\n" + turnProgram(t.Code.Language, files))
	}
	return b.String()
}

const turnStored = `Task: How much is 20 US dollars in euros, and is that more than the price stored under the key ticket?
Reply: {"thought": "I need the exchange first.", "tool": "convert_money", "arguments": {"amount": 20, "from": "USD", "to": "EUR"}}
Result: 18.4
Reply: {"thought": "Now I need the stored price.", "tool": "get_value", "arguments": {"key": "tickets"}}
Result: error: there is no key tickets. The keys are: ticket, hotel.
Reply: {"thought": "The key is called ticket.", "tool": "get_value", "arguments": {"key": "ticket"}}
Result: 15
Reply: {"thought": "I have both numbers.", "answer": "20 US dollars are 18.4 euros, which is more than the ticket price of 15 euros."}
`

const turnPrice = `Task: What do 6 of the chairs in offers.txt cost with 20 % discount?
Reply: {"thought": "I need the price of a chair from offers.txt.", "tool": "read_file", "arguments": {"path": "offers.txt"}}
Result: error: there is no file offers.txt. The files are: offer.txt, parcels.csv.
Reply: {"thought": "There is offer.txt, so I read that.", "tool": "read_file", "arguments": {"path": "offer.txt"}}
Result: A table costs 120 euros, a chair 45 euros. Delivery is 15 euros.
Reply: {"thought": "A chair costs 45 euros, and the task asks for 6.", "tool": "calc", "arguments": {"expr": "6 * 45"}}
Result: 270
Reply: {"thought": "270 euros is without the discount, and the task asks for 20 % less.", "tool": "calc", "arguments": {"expr": "270 - 20%"}}
Result: 216
Reply: {"thought": "216 euros is what 6 chairs cost with the discount.", "answer": "6 chairs cost 216 euros with the discount."}
`

// turnProgram is a worked example of a program in a language, with a tool of its name. Where it is in
// another language than the tool's, the 0.5B writes that one; and it takes for reading a table
// what the example takes.
func turnProgram(language string, reads bool) string {
	var see string // what comes before the program
	thought, done := "I find it with code.", "I have the result."
	task, answer := "How much longer than Konrad is the name Rosalind?", "Rosalind is 2 letters longer."
	program, result := "const a = \"Rosalind\";\nconst b = \"Konrad\";\nconsole.log(a.length - b.length);", "2"
	switch {
	case language == "python" && reads:
		task, answer = "What is the weight of Anna's red parcels in parcels.csv?", "Anna's red parcels weigh 16.5."
		see = `Reply: {"thought": "I need the columns of parcels.csv.", "tool": "read_file", "arguments": {"path": "parcels.csv"}}` +
			"\nResult: owner,colour,weight\nAnna,red,12.5\nAnna,blue,3\nBen,red,6\nAnna,red,4\n"
		thought, done = "The task asks for the weight where owner is Anna and colour is red, so I add that up.", "16.5 is the weight of Anna's red parcels."
		program = "# " + task + "\nimport csv\ntotal = 0\nfor row in csv.DictReader(open(\"parcels.csv\")):\n" +
			"    if row[\"owner\"] == \"Anna\" and row[\"colour\"] == \"red\":\n        total += float(row[\"weight\"])\nprint(total)"
		result = "16.5"
	case language == "python":
		task, answer = "What is the weight of the red parcels in parcels.csv?", "The red parcels weigh 18.5."
		program = "import csv\ntotal = 0\nfor row in csv.DictReader(open(\"parcels.csv\")):\n    if row[\"colour\"] == \"red\":\n        total += float(row[\"weight\"])\nprint(total)"
		result = "18.5"
	case language == "go":
		program = "a, b := \"Rosalind\", \"Konrad\"\nfmt.Println(len(a) - len(b))"
	default:
		language = "javascript"
	}
	return "Task: " + task + "\n" + see + "Reply: {\"thought\": \"" + thought + "\", \"tool\": \"" + language + "\"}\n" +
		"```" + language + "\n" + program + "\n```\nResult: " + result + "\nReply: {\"thought\": \"" + done + "\", \"answer\": \"" + answer + "\"}"
}
