package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"
)

func (f *folder) readFile(_ context.Context, a readIn) (string, error) {
	name := a.Path
	file, info, err := f.open(name, "read_file")
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := f.contents(file, info.Size())
	if err != nil {
		return "", f.explain("read", name, err)
	}
	if binary(text) {
		return "", fmt.Errorf("%s has %d bytes that are no text; read_file reads only text", quote(name), info.Size())
	}
	if text == "" {
		return fmt.Sprintf("(%s is empty)", quote(name)), nil
	}
	return text, nil
}

// open opens a regular file for the tool of a name.
func (f *folder) open(name, tool string) (*os.File, fs.FileInfo, error) {
	info, err := f.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("there is no file %s. %s", quote(name), f.suggest(name, tool))
	case err != nil:
		return nil, nil, f.explain("read", name, err)
	case info.IsDir():
		return nil, nil, fmt.Errorf("%s is a folder. %s", quote(name), f.suggest(name+"/", tool))
	case !info.Mode().IsRegular():
		return nil, nil, notRegular(name, info)
	}
	// O_NONBLOCK, since by now the name may be that of a pipe, which would wait for a writer.
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, f.explain("read", name, err)
	}
	if info, err = file.Stat(); err != nil {
		return nil, nil, errors.Join(f.explain("read", name, err), file.Close())
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.Join(notRegular(name, info), file.Close())
	}
	return file, info, nil
}

func notRegular(name string, info fs.FileInfo) error {
	return fmt.Errorf("%s is no ordinary file but a %s; only ordinary files can be used", quote(name), kind(info.Mode()))
}

func kind(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "link"
	case m&fs.ModeNamedPipe != 0:
		return "pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// contents returns a file of so many bytes, or its head and its tail with a remark between
// them if it is longer than what may be shown.
func (f *folder) contents(file io.ReaderAt, size int64) (string, error) {
	most := int64(f.read)
	if size <= most {
		// A file of /proc says that it is empty, and any file may have grown.
		b, err := io.ReadAll(io.NewSectionReader(file, 0, most+1))
		if err != nil || int64(len(b)) <= most {
			return string(bytes.TrimPrefix(b, []byte("\ufeff"))), err
		}
		return line(cut(b, nil)) + "[the rest of the file is left out]\n", nil
	}
	head, tail := make([]byte, most*2/3), make([]byte, most/3)
	if n, err := file.ReadAt(head, 0); err != nil && err != io.EOF {
		return "", err
	} else {
		head = head[:n]
	}
	if n, err := file.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return "", err
	} else {
		tail = tail[:n]
	}
	shown := cut(head, nil)
	end := cut(nil, tail)
	missing := size - int64(len(shown)+len(end))
	return fmt.Sprintf("%s[%d of the file's %d bytes are left out here]\n%s", line(strings.TrimPrefix(shown, "\ufeff")), missing, size, end), nil
}

// line ends a text with a newline.
func line(text string) string { return strings.TrimSuffix(text, "\n") + "\n" }

// cut takes the broken line off the end of a head, or off the beginning of a tail; where
// lines are long, only the broken character.
func cut(head, tail []byte) string {
	if head != nil {
		if i := bytes.LastIndexByte(head, '\n'); i >= len(head)/2 {
			return string(head[:i+1])
		}
		for n := 0; n < utf8.UTFMax && len(head) > 0; n++ {
			if r, size := utf8.DecodeLastRune(head); r != utf8.RuneError || size > 1 {
				break
			}
			head = head[:len(head)-1]
		}
		return string(head)
	}
	if i := bytes.IndexByte(tail, '\n'); i >= 0 && i < len(tail)/2 {
		return string(tail[i+1:])
	}
	for n := 0; n < utf8.UTFMax && len(tail) > 0 && !utf8.RuneStart(tail[0]); n++ {
		tail = tail[1:]
	}
	return string(tail)
}

// binary says whether a text is none: it has control characters that texts do not have, or
// many bytes that are not UTF-8.
func binary(text string) bool {
	bad := 0
	for i, r := range text {
		switch {
		case r < ' ' && !strings.ContainsRune("\t\n\v\f\r\b\x1b", r):
			return true
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				bad++
			}
		}
	}
	return bad*10 > len(text) // an old 8-bit text has fewer
}
