package main

import (
	"context"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestShow: a picture is sent to a terminal that can show it, by what the environment says or
// the terminal answers; to another only the path.
func TestShow(t *testing.T) {
	dir := files(t, map[string]string{"sales.csv": "region,amount\nnorth,3\nsouth,5\n", "w/sales.csv": "region,amount\nnorth,3\nsouth,5\n",
		"task.yaml":   "version: 1\nprompt: hi\nworkspace: w\ntools: [plot]\n",
		"script.json": `[{"calls": [{"name": "plot", "arguments": {"kind": "bar", "file": "sales.csv"}}]}, {"text": "Done."}]`,
	})
	for _, c := range []struct {
		name   string
		env    []string
		answer string // of the terminal
		want   string // the beginning of a picture; "" is none
	}{
		{"kitty", []string{"TERM=xterm-kitty"}, "", "\x1b_Ga=T,f=100,q=2,c="},
		{"iTerm2", []string{"TERM_PROGRAM=iTerm.app"}, "", "\x1b]1337;File=inline=1;"},
		{"a terminal that answers as kitty does", nil, "\x1b_Gi=31;OK\x1b\\\x1b[?62;c", "\x1b_Ga=T,f=100,q=2,c="},
		{"sixels", nil, "\x1b[?62;4;22c", "\x1bP0;1;0q"},
		{"none", nil, "\x1b[?62;22c", ""},
		{"silence", nil, "", ""},
		{"Linux console", []string{"TERM=linux"}, "", ""},
	} {
		for _, arguments := range [][]string{{"plot", "sales.csv", "--show"}, {"plot", "sales.csv", "--show", "-o", "chart.svg"}, {"run", "task.yaml", "--yes", "--show"}} {
			t.Run(c.name+"/"+strings.Join(arguments, " "), func(t *testing.T) {
				user, program := terminal(t)
				s := watch(user)
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				cmd := command(ctx, arguments...)
				cmd.Dir = dir
				cmd.Env = append(append(cmd.Env, "MODEL_SCRIPT=script.json", "TERM=xterm-256color", "TERM_PROGRAM=", "KITTY_WINDOW_ID=", "LC_TERMINAL=", "TMUX="), c.env...)
				cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
				cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if c.answer != "" && len(c.env) == 0 {
					s.shows(t, "\x1b[c")
					if _, err := user.WriteString(c.answer); err != nil {
						t.Fatal(err)
					}
				}
				if err := cmd.Wait(); err != nil {
					t.Fatalf("%v:\n%.2000q", err, s)
				}
				s.shows(t, "chart.")
				text := s.String()
				some := strings.Contains(text, "\x1b_Ga=T") || strings.Contains(text, "\x1b]1337") || strings.Contains(text, "\x1bP")
				if c.want != "" && !strings.Contains(text, c.want) || some != (c.want != "") {
					t.Errorf("on the screen is no %q:\n%.3000q", c.want, text)
				}
				if strings.Contains(text, "62;4;22c") && !strings.Contains(c.want, "P0") {
					t.Errorf("the answer of the terminal is on the screen:\n%.3000q", text)
				}
			})
		}
	}
}

// TestShowCells: a figure of a cell is shown, also where its file is lost with the session.
func TestShowCells(t *testing.T) {
	if err := exec.Command("python3", "-c", "import matplotlib").Run(); err != nil {
		t.Skip("no matplotlib here")
	}
	user, program := terminal(t)
	s := watch(user)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := command(ctx, "exec", "--show", "-c", "import matplotlib.pyplot as plt; plt.plot([1, 2])")
	cmd.Env = append(cmd.Env, "TERM=xterm-kitty", "TMUX=")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Run(); err != nil {
		t.Skipf("no sandbox or no Python here: %v\n%s", err, s)
	}
	s.shows(t, "\x1b_Ga=T,f=100,q=2,c=")
}
