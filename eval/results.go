package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// Settings is what the results of a file have in common: whatever changes answers or how they
// are judged. It is the first line of the file.
type Settings struct {
	Benchmark string            `json:"benchmark"`
	Model     string            `json:"model"`              // as its file calls it
	File      string            `json:"file,omitempty"`     // the name of the model's file
	Bytes     int64             `json:"bytes,omitempty"`    // of that file
	Options   map[string]string `json:"options,omitempty"`  // by the names of the flags
	Data      string            `json:"data,omitempty"`     // checksum of the questions, see Checksum
	Program   string            `json:"program,omitempty"`  // version and commit
	Measures  bool              `json:"measures,omitempty"` // results have scores and are not right or wrong
}

// diff says what is different in t, in words.
func (s Settings) diff(t Settings) []string {
	var list []string
	compare := func(name, was, is string) {
		if was != is {
			list = append(list, fmt.Sprintf("%s was %q and is %q", name, was, is))
		}
	}
	compare("benchmark", s.Benchmark, t.Benchmark)
	compare("model", s.Model, t.Model)
	compare("model file", s.File, t.File)
	if s.Bytes != t.Bytes {
		list = append(list, fmt.Sprintf("the model file had %d bytes and has %d", s.Bytes, t.Bytes))
	}
	for _, name := range slices.Sorted(maps.Keys(union(s.Options, t.Options))) {
		compare(name, s.Options[name], t.Options[name])
	}
	compare("checksum of the questions", s.Data, t.Data)
	compare("program", s.Program, t.Program)
	return list
}

func union(a, b map[string]string) map[string]string {
	u := maps.Clone(a)
	if u == nil {
		u = map[string]string{}
	}
	maps.Copy(u, b)
	return u
}

// head is the first line.
type head struct {
	Settings *Settings `json:"settings"`
}

// ErrSettings is wrapped by the error for results that were made with other settings.
var ErrSettings = errors.New("the results were made with other settings")

// maxLine is more than any result takes: an answer and what is right.
const maxLine = 16 << 20

// Results is a file of JSON lines that results are added to. It may be read while it grows.
type Results struct {
	path string
	file *os.File
	done map[string]Result
}

// Create begins a file. It is an error if there is one that has something in it.
func Create(path string, s Settings) (*Results, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	r := &Results{path: path, file: f, done: map[string]Result{}}
	info, err := f.Stat()
	if err == nil && info.Size() > 0 {
		err = fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	if err == nil {
		err = r.write(head{&s})
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// Resume goes on with a file, or begins it if it is not there. A line that was not written to
// its end is dropped. The error wraps ErrSettings if the file's settings are others.
func Resume(path string, s Settings) (*Results, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return Create(path, s)
	}
	if err != nil {
		return nil, err
	}
	r := &Results{path: path, file: f, done: map[string]Result{}}
	was, list, whole, err := read(path, f)
	if err == nil && whole > 0 {
		if d := was.diff(s); len(d) > 0 {
			err = fmt.Errorf("%s: %w: %s", path, ErrSettings, strings.Join(d, ", "))
		}
	}
	if err == nil {
		err = f.Truncate(whole)
	}
	if err == nil && whole == 0 {
		err = r.write(head{&s})
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	for _, result := range list {
		r.done[result.ID] = result
	}
	return r, nil
}

// Done returns the result of a case that the file had when it was opened, or has got since.
func (r *Results) Done(id string) (Result, bool) {
	result, ok := r.done[id]
	return result, ok
}

// Append adds a result. It is on its way to the disk when Append returns.
func (r *Results) Append(result Result) error {
	if err := r.write(result); err != nil {
		return err
	}
	r.done[result.ID] = result
	return nil
}

// Close closes the file.
func (r *Results) Close() error { return r.file.Close() }

// write writes a line in one piece.
func (r *Results) write(v any) error {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w", r.path, err)
	}
	_, err := r.file.Write(line.Bytes())
	return err
}

// Read reads a file of results. A last line that was not written to its end is left out.
func Read(path string) (Settings, []Result, error) {
	f, err := os.Open(path)
	if err != nil {
		return Settings{}, nil, err
	}
	defer f.Close()
	s, list, whole, err := read(path, f)
	if err == nil && whole == 0 {
		err = fmt.Errorf("%s: no results in it", path)
	}
	return s, list, err
}

// read returns what is in a file, and how many bytes its whole lines have.
func read(path string, file io.Reader) (s Settings, list []Result, whole int64, err error) {
	in := bufio.NewReaderSize(file, 1<<16)
	seen := map[string]bool{}
	for n := 1; ; n++ {
		line, err := readLine(in)
		if err == io.EOF {
			return s, list, whole, nil // without a newline: torn
		}
		if err == nil {
			err = parseLine(line, n, &s, &list, seen)
		}
		if err != nil {
			return s, nil, 0, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		whole += int64(len(line))
	}
}

// readLine returns the next line with its newline; io.EOF also in the middle of one.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case err != bufio.ErrBufferFull:
			return nil, err
		case len(line) > maxLine:
			return nil, fmt.Errorf("a line of more than %d bytes", maxLine)
		}
	}
}

func parseLine(line []byte, n int, s *Settings, list *[]Result, seen map[string]bool) error {
	if n == 1 {
		var h head
		if err := json.Unmarshal(line, &h); err != nil || h.Settings == nil {
			return errors.New(`no results of eval: wanted {"settings": …} in the first line`)
		}
		*s = *h.Settings
		return nil
	}
	var r Result
	if err := json.Unmarshal(line, &r); err != nil {
		return err
	}
	if r.ID == "" {
		return errors.New("a result without an id")
	}
	if seen[r.ID] {
		return fmt.Errorf("a second result of %s", r.ID)
	}
	seen[r.ID] = true
	*list = append(*list, r)
	return nil
}
