package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/kernels/variant"
)

func newVersionCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, and what the kernels use",
		Example: `  qwen-agent version
  qwen-agent version --json`,
		Args: usageArgs(cobra.NoArgs, "none"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := readVersion()
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), v)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "qwen-agent %s\ncommit     %s\ngo         %s %s\nkernels    %s\n",
				v.Version, v.Commit, v.Go, v.Platform, v.Kernels)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// version is what a program was built from and what it runs on.
type version struct {
	Version  string `json:"version"`  // "devel" for a build from a working tree
	Commit   string `json:"commit"`   // "unknown" outside a repository; "+changes" if it had some
	Go       string `json:"go"`       // such as go1.26.0
	Platform string `json:"platform"` // such as linux/amd64
	Kernels  string `json:"kernels"`  // such as avx2
}

func versionLine() string {
	v := readVersion()
	return fmt.Sprintf("qwen-agent %s (%s)", v.Version, v.Commit)
}

func readVersion() version {
	v := version{Version: "devel", Commit: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Kernels: variant.Name()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if m := info.Main.Version; m != "" && m != "(devel)" {
		v.Version = strings.TrimPrefix(m, "v")
	}
	changed := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	if changed {
		v.Commit += "+changes"
	}
	return v
}
