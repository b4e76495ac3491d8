package hfagent

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Prompts are the texts around a task. <<all_tools>> and, in Run, <<prompt>> stand for the
// tools and the task.
type Prompts struct {
	Run, Chat string
	Original  bool // they are those of transformers
}

//go:embed prompts/run.txt
var runPrompt string

//go:embed prompts/chat.txt
var chatPrompt string

// maxPrompt is the longest prompt, in bytes.
const maxPrompt = 1 << 20

// ReadPrompts reads run_prompt_template.txt and chat_prompt_template.txt from a folder: the
// originals, which transformers fetches from the data set huggingface-tools/default-prompts. Where
// there are none it returns ours, of the same shape with examples of our own.
func ReadPrompts(dir string) (Prompts, error) {
	var texts []string
	var missing error
	for _, name := range []string{"run_prompt_template.txt", "chat_prompt_template.txt"} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			missing = err
			continue
		}
		if err != nil {
			return Prompts{}, err
		}
		if len(data) > maxPrompt || !strings.Contains(string(data), "<<all_tools>>") {
			return Prompts{}, fmt.Errorf("%s: wanted a prompt of at most %d bytes with <<all_tools>> in it", path, maxPrompt)
		}
		texts = append(texts, string(data))
	}
	switch len(texts) {
	case 0:
		return Prompts{Run: runPrompt, Chat: chatPrompt}, nil
	case 1:
		return Prompts{}, fmt.Errorf("%w: wanted both prompts or none", missing)
	}
	return Prompts{Run: texts[0], Chat: texts[1], Original: true}, nil
}

// fill puts the tools, a line each, and the task into a prompt.
func (s *set) fill(prompt, task string) string {
	var lines []string
	for _, t := range s.Tools {
		lines = append(lines, "- "+t.Name+": "+t.Description)
	}
	return strings.NewReplacer("<<all_tools>>", strings.Join(lines, "\n"), "<<prompt>>", task).Replace(prompt)
}

// chatOpening is what each answer in our chat prompt begins with.
const chatOpening = "I will use the"

// begun splits a prompt that ends with the beginning of an answer, as those of run mode do ("I will use the following"): a
// chat model goes on with it where it is in its own turn. In the user's it leaves the explanation out.
func begun(prompt string) (asked, opening string) {
	at := strings.LastIndex(prompt, "I will use")
	if at < 0 || strings.Contains(prompt[at:], "\n") {
		return prompt, ""
	}
	return prompt[:at], prompt[at:]
}
