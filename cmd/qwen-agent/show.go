package main

import (
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/qwen-agent/qwen-agent/internal/termpic"
	"github.com/qwen-agent/qwen-agent/tools"
)

// pictures shows pictures on a terminal. nil shows none: then their paths, which are
// printed in any case, are all there is.
type pictures struct {
	w        io.Writer
	protocol termpic.Protocol
	screen   termpic.Screen
}

// picturesOn returns what shows pictures on the first of some files that is a terminal, nil
// if it cannot. It asks the terminal, so nobody else may be reading from it.
func picturesOn(files ...*os.File) *pictures {
	for _, f := range files {
		if !isTerminal(f) {
			continue
		}
		if p := termpic.Detect(f); p != termpic.None {
			return &pictures{f, p, termpic.ScreenOf(f)}
		}
		return nil
	}
	return nil
}

// show shows a picture. It may be in a form that cannot be shown, which is an error.
func (p *pictures) show(data []byte) error {
	if p == nil {
		return nil
	}
	return termpic.Write(p.w, p.protocol, p.screen, data)
}

// shownTypes are the media types of pictures that a terminal is given.
var shownTypes = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true}

// showArtefact shows a picture that a run has left in its workspace, if it is one.
func showArtefact(root *os.Root, f tools.Artefact) error {
	if !shownTypes[f.MediaType] {
		return nil
	}
	screen := picturesOn(os.Stdout, os.Stderr)
	if screen == nil {
		return nil
	}
	file, err := root.OpenFile(f.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // by now it may be a pipe
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("show %s: it is no file any more", f.Path)
	}
	data, err := io.ReadAll(io.LimitReader(file, termpic.MaxBytes+1))
	if err != nil {
		return err
	}
	return screen.show(data)
}

const showHelp = "show pictures in a terminal that can (kitty, iTerm2, sixels)"
