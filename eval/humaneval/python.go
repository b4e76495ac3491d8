package humaneval

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter"
)

// pythonProgram puts what stands before the function in the prompt, imports and helpers,
// before the model's code, which is the function or else its body.
func (p *Problem) pythonProgram(code string) string {
	if !p.defines(code) {
		return p.Prompt + indented(code)
	}
	before, _, _ := strings.Cut(p.Prompt, "def "+p.Entry+"(")
	return before + "\n" + code
}

// indented indents a body that is not.
func indented(code string) string {
	first := strings.TrimLeft(code, "\n")
	if strings.HasPrefix(first, " ") || strings.HasPrefix(first, "\t") {
		return code
	}
	return "    " + strings.ReplaceAll(strings.TrimRight(code, "\n"), "\n", "\n    ") + "\n"
}

// pythonCell runs a program and the test under a module's name of their own, as the original
// does, so that what a program would do as a script is not done. As for EvalPlus, of the model's
// lines at the top level only definitions, imports and assignments count, since the tests that
// models write below a function are often wrong, and lines at the end of it that are no Python, such
// as where an answer was cut off, do not. Its value is the mark.
func (p *Problem) pythonCell(program, mark string) string {
	return fmt.Sprintf(pythonRun, strconv.QuoteToASCII(program), strconv.QuoteToASCII(p.pythonTest()), p.Entry, mark)
}

const pythonRun = `import ast

def solution(lines, entry):
    wrong = None
    for n in range(len(lines), 0, -1):
        if lines[n:] and (lines[n] == '' or lines[n][0].isspace()):
            continue
        try:
            body = ast.parse('\n'.join(lines[:n]), 'answer.py').body
        except SyntaxError as e:
            wrong = wrong or e
            continue
        kept = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
        body = [node for node in body if isinstance(node, kept)]
        if wrong and not any(getattr(node, 'name', '') == entry for node in body):
            break
        return body
    if wrong:
        raise wrong
    return []

lines = %s.split('\n')
tree = ast.parse('\n' * len(lines) + %s, 'answer.py')
tree.body = solution(lines, '%s') + tree.body
exec(compile(tree, 'answer.py', 'exec'), {'__name__': 'answer'})
%q
`

func (p *Problem) pythonTest() string { return p.Test + "\ncheck(" + p.Entry + ")\n" }

func (p *Problem) pythonSource(program string) string {
	return program + "\n" + p.pythonTest()
}

var traceLine = regexp.MustCompile(`File "answer.py", line (\d+)`)

// pythonWhy is an error in one line, with the line of the test or of the program that it
// comes from.
func (p *Problem) pythonWhy(program string, e *interpreter.CellError) string {
	why := strings.TrimSuffix(e.Type+": "+e.Message, ": ")
	source := strings.Split(p.pythonSource(program), "\n")
	for _, m := range traceLine.FindAllStringSubmatch(e.Trace, -1) {
		n, err := strconv.Atoi(m[1])
		if err == nil && n <= len(source) && strings.Contains(source[n-1], "assert") {
			why += " in " + strings.TrimSpace(source[n-1])
			break
		}
	}
	return why
}
