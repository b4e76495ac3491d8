//go:build unix

package interpreter

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// The language of these tests: a cell is words, and the kernel is this test binary. It
// shows what a session does whatever the language, and what it does with a kernel that
// lies.
//
//	set TEXT      keeps a text           get           its value is the text
//	print TEXT    prints                 fail TEXT     is an error in line 1
//	sleep         until it is interrupted; deaf likewise, but it does not listen
//	write N NAME  writes N bytes         remove NAME   removes a file
//	hole N NAME   makes a file of N bytes that takes no room
//	raw HEX       sends bytes that are no frame
//	forge         sends two replies      exit N        ends the kernel
const testKernel = "interpreter-test-kernel"

type words struct{}

func (words) Name() string { return "words" }

func (words) Kernel(context.Context) (Kernel, error) {
	return Kernel{Version: "words 1", Program: sandbox.Program{Args: []string{testKernel}}}, nil
}

func init() {
	if os.Args[0] == testKernel {
		serveWords()
	}
}

func serveWords() {
	in, out := os.NewFile(3, "in"), os.NewFile(4, "out")
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	wire.Write(out, wire.Reply{Ready: true})
	kept, ahead := "", uint64(0)
	for {
		var c wire.Command
		if wire.Read(in, wire.Max, &c) != nil {
			os.Exit(0)
		}
		reply := wire.Reply{ID: c.ID}
		if ahead != 0 {
			wire.Write(out, wire.Reply{ID: ahead, Value: "forged"})
		}
		word, rest, _ := strings.Cut(c.Code, " ")
		switch word {
		case "ahead": // answers the next cell with the number that would follow
			ahead = c.ID + 1
		case "set":
			kept = rest
		case "get":
			reply.Value = kept
		case "print":
			fmt.Println(rest)
		case "flood":
			block := []byte(strings.Repeat("0123456789abcde\n", 4096))
			for range 1024 {
				os.Stdout.Write(block)
			}
		case "fail":
			reply.Error = &wire.Error{Type: "WordError", Message: rest, Line: 1}
		case "sleep":
			<-interrupts
			reply.Error = &wire.Error{Type: "Stopped", Message: "by a signal", Line: 1}
		case "deaf":
			select {}
		case "write":
			var n int
			var name string
			fmt.Sscan(rest, &n, &name)
			if err := os.WriteFile(name, make([]byte, n), 0o644); err != nil {
				reply.Error = &wire.Error{Type: "FileError", Message: err.Error()}
			}
		case "hole":
			var n int64
			var name string
			fmt.Sscan(rest, &n, &name)
			os.WriteFile(name, nil, 0o644)
			os.Truncate(name, n)
		case "mkdir":
			os.Mkdir(rest, 0o777)
		case "remove":
			os.Remove(rest)
		case "trap":
			os.Symlink("/etc/passwd", "link")
			os.Symlink("..", "up")
			syscall.Mkfifo("pipe", 0o666)
			deep := "d"
			for range 40 {
				os.Mkdir(deep, 0o777)
				deep += "/d"
			}
		case "raw":
			b, _ := hex.DecodeString(rest)
			out.Write(b)
		case "forge":
			wire.Write(out, reply)
		case "claim":
			reply.Pictures = []string{rest}
		case "exit":
			os.Exit(3)
		case "spin":
			go func() {
				for i := 0; i >= 0; i = (i + 1) & 1023 {
				}
			}()
		}
		wire.Write(out, reply)
	}
}

// open opens a session, or skips with the reason why this machine cannot.
func open(t *testing.T, o Options) *Session {
	t.Helper()
	o.Language = words{}
	s, err := Open(context.Background(), o)
	skipMissing(t, err)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// run runs a cell that the session must be able to take.
func run(t *testing.T, s *Session, code string) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := s.Run(ctx, code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return r
}
