package code

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/tools"
)

// tool is the tool of one language with its session.
type tool struct {
	options interpreter.Options
	dialect dialect
	most    int // bytes of a result

	mu      sync.Mutex
	session *interpreter.Session // nil before the first start, and after stop
}

// start opens the session.
func (t *tool) start(ctx context.Context) error {
	_, err := t.open(ctx)
	return err
}

func (t *tool) open(ctx context.Context) (*interpreter.Session, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session != nil {
		return t.session, nil
	}
	s, err := interpreter.Open(ctx, t.options)
	var missing *sandbox.MissingError
	switch {
	case errors.As(err, &missing):
		return nil, fmt.Errorf("%s: no code is run, because it could not be kept from doing harm here: %w; `qwen-agent exec --doctor` shows what there is",
			t.options.Language.Name(), err)
	case err != nil:
		return nil, err
	}
	t.session = s
	return s, nil
}

// stop ends the session.
func (t *tool) stop() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.session
	t.session = nil
	if s == nil {
		return nil
	}
	return s.Close()
}

// run runs a program as the model wrote it, and says what came of it.
func (t *tool) run(ctx context.Context, source string) (tools.Result, error) {
	s, err := t.open(ctx)
	if err != nil {
		return tools.Result{}, err
	}
	hidden := func(code string) (interpreter.Result, bool) {
		r, err := s.Run(ctx, code)
		return r, err == nil && r.Error == nil
	}
	notice := ""
	if code := t.dialect.prepare(source); code != "" {
		ready, _ := hidden(code) // what it cannot make ready, the program says itself
		notice = ready.Notice    // that variables are gone is said once, with the first cell
	}
	r, err := s.Run(ctx, source)
	r.Notice = strings.TrimSpace(notice + "\n" + r.Notice)
	switch {
	case errors.Is(err, interpreter.ErrBusy):
		return tools.Result{}, errors.New("another program still runs in this session. Wait for its result")
	case err != nil:
		return tools.Result{}, err
	}
	ask := func(code string) string {
		if r.Ended {
			return ""
		}
		answer, ok := hidden(code)
		if !ok {
			return ""
		}
		return strings.TrimSpace(answer.Stdout)
	}
	mended, why := t.dialect.instead(r, source, ask)
	if mended != "" {
		again, err := s.Run(ctx, mended)
		if err != nil {
			return tools.Result{}, err
		}
		again.Notice = strings.TrimSpace(r.Notice + "\n" + again.Notice)
		r, source, why = again, mended, "\n"+why
	}
	report := report{Result: r, source: source, most: t.most}
	if r.Error != nil {
		advice := t.dialect.advise(r, source, ask)
		return tools.Result{Artefacts: t.artefacts(r)}, errors.New(report.failure(advice) + why)
	}
	if silent(r) {
		if name := t.dialect.assigned(source); name != "" {
			if v, ok := hidden(name); ok && v.Value != "" {
				report.Value, report.ValueCut, report.name = v.Value, v.ValueCut, name
			}
		}
	}
	text := report.success()
	if t.dialect.shown != nil && len(r.Files) == 0 {
		if more := t.dialect.shown(strings.TrimSpace(r.Stdout+report.Value), source, ask); more != "" {
			text += "\n" + more
		}
	}
	return tools.Result{Text: text + why, Artefacts: t.artefacts(r)}, nil
}

// artefacts are the files of the workspace that a program has made or changed.
func (t *tool) artefacts(r interpreter.Result) []tools.Artefact {
	if t.options.Workspace == "" {
		return nil // they are gone with the session
	}
	var list []tools.Artefact
	for _, f := range r.Files {
		if f.Kept {
			list = append(list, tools.Artefact{Path: f.Name, MediaType: mediaType(f.Name)})
		}
	}
	return list
}

// mediaType is the type of a file by its name. That of a system without a list of them
// would differ from machine to machine.
func mediaType(name string) string {
	known := map[string]string{
		".csv": "text/csv", ".gif": "image/gif", ".htm": "text/html", ".html": "text/html", ".jpeg": "image/jpeg", ".jpg": "image/jpeg",
		".json": "application/json", ".md": "text/markdown", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml",
		".tsv": "text/tab-separated-values", ".txt": "text/plain", ".xml": "application/xml",
	}
	if t, ok := known[strings.ToLower(path.Ext(name))]; ok {
		return t
	}
	return "application/octet-stream"
}

// silent says whether a program shows nothing of what it did.
func silent(r interpreter.Result) bool {
	return strings.TrimSpace(r.Stdout) == "" && r.Value == "" && len(r.Files) == 0 && len(r.Pictures) == 0
}

// unfenced takes off the fence that a model may have put around a program in a string.
func unfenced(code string) string {
	code = strings.ReplaceAll(code, "\r\n", "\n")
	trimmed := strings.TrimSpace(code)
	if !strings.HasPrefix(trimmed, "```") {
		if trimmed == "" {
			return ""
		}
		return strings.TrimRight(code, " \t\n")
	}
	_, rest, ok := strings.Cut(trimmed, "\n")
	if !ok {
		return strings.TrimSpace(strings.Trim(trimmed, "`"))
	}
	return strings.TrimRight(strings.TrimSuffix(strings.TrimRight(rest, " \t\n"), "```"), " \t\n")
}
