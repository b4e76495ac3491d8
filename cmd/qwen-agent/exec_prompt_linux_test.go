package main

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// TestPrompt types cells into a terminal: one of several lines, one that is stopped, one
// that is dropped, one that is brought back.
func TestPrompt(t *testing.T) {
	if err := sandboxMissing(); err != nil {
		t.Skipf("this machine cannot: %v", err)
	}
	user, program := terminal(t)
	s := watch(user)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := command(ctx, "exec", "--lang", "python")
	cmd.Env = append(cmd.Env, "TERM=xterm")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.shows(t, "sandbox strict. Ctrl-C stops a cell, Ctrl-D ends.")
	typed := func(keys, want string) {
		t.Helper()
		user.WriteString(keys)
		s.shows(t, want)
	}
	typed("x = 6\rx * 7\r", "\n42\n")
	typed("for i in range(2):\r    print('row', i)\r\r", "row 0\nrow 1\n")
	typed("print('bell\\a' + '\\x1b[2J' + 'clean')\r", "bell[2Jclean")
	typed("import time; print('asleep'); time.sleep(60)\r", "\nasleep\n")
	typed("\x03", "Interrupted: the cell was interrupted; the variables are kept")
	typed("nonsense \x03x + 100\r", "\n106\n")
	typed("\x1b[A0\r", "\n1006\n") // the arrow brings back what was typed
	typed("x + 200\r", "\n206\n")
	user.WriteString("\x04")
	if err := cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-D: %v\n%s", err, s)
	}
}
