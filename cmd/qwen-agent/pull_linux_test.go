package main

import (
	"strings"
	"syscall"
	"testing"
)

// TestPullTerminal: on a terminal there is a bar and no line for each ten percent.
func TestPullTerminal(t *testing.T) {
	link, _ := modelServer(t, nil)
	user, program := terminal(t)
	s := watch(user)
	cmd, stdout, _ := pullCommand(t, t.TempDir(), "pull", link)
	cmd.Env = append(cmd.Env, "TERM=xterm")
	cmd.Stderr = program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, s)
	}
	s.shows(t, "100%")
	if text := s.String(); strings.Contains(text, "% of ") || !strings.Contains(text, "small.gguf from 127.0.0.1") {
		t.Errorf("the screen has %q", text)
	}
	if strings.Count(stdout.String(), "\n") != 1 || !strings.HasSuffix(stdout.String(), "small.gguf\n") {
		t.Errorf("stdout has %q", stdout)
	}
}
